using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>ESMM and AITM: probabilities of a funnel, the calibrator, and labels that are no funnel.</summary>
public sealed class FunnelTests
{
    public static TheoryData<string> Models => [.. TabularModels.All.Where(model => model.TakesFunnel).Select(model => model.Name)];

    [Fact]
    public void Probabilities_of_esmm_are_products_of_conditional_ones_and_fall_along_the_funnel()
    {
        var model = (Esmm)TinyProblem.Create("esmm", 4);
        Batch batch = TinyProblem.Batch();
        IReadOnlyList<Tensor> steps = model.ConditionalProbabilities(batch);
        model.Evaluate();
        Tensor[] logits = TinyProblem.Forward(model, batch);
        for (int row = 0; row < TinyProblem.Rows; row++)
        {
            double product = 1;
            for (int t = 0; t < 4; t++)
            {
                product *= steps[t][row, 0];
                Assert.Equal(product, 1 / (1 + Math.Exp(-logits[t][row, 0])), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(-40f, -40f, -80f)]
    [InlineData(40f, -30f, -30f)]
    [InlineData(30f, 30f, 29.306852f)]
    public void Logits_of_esmm_stay_exact_where_probabilities_are_nearly_zero_or_one(float first, float second, float expected)
    {
        // log(p / (1 - p)) with p = s(a) s(b): about a + b when both are tiny, and 30 - ln 2 when both miss one by e^-30.
        var model = new Esmm(FeatureSchema.Numeric(1), new TaskSet(Target.Binary("click"), Target.Binary("buy")), new EsmmOptions { TowerHidden = [] });
        Dictionary<string, Tensor> state = GoldenModel.State(model);
        foreach ((string name, float bias) in (ReadOnlySpan<(string, float)>)[("towers.0", first), ("towers.1", second)])
        {
            state[$"{name}.output.weight"].Span.Clear();
            state[$"{name}.output.bias"].Span[0] = bias;
        }

        var batch = new Batch { Rows = 1, Numeric = Tensor.Zeros(1, 1), Categories = new IndexTensor([1, 0]), Targets = Tensor.Zeros(1, 2) };
        Assert.Equal(expected, TinyProblem.Forward(model, batch)[1].Item(), 1e-3f);
    }

    [Theory]
    [InlineData(0f, 2f, 0.380797f)]
    [InlineData(2f, 0f, 0f)]
    public void The_calibrator_of_aitm_is_the_excess_of_a_later_step(float first, float second, float excess)
    {
        // sigmoid(2) - sigmoid(0) = 0.880797 - 0.5.
        const float Weight = 0.6f;
        var model = new Aitm(FeatureSchema.Numeric(1), new TaskSet(Target.Binary("click"), Target.Binary("buy")), new AitmOptions { BottomHidden = [2], TowerHidden = [], BatchNorm = false, CalibratorWeight = Weight });
        Dictionary<string, Tensor> state = GoldenModel.State(model);
        foreach ((string name, float bias) in (ReadOnlySpan<(string, float)>)[("towers.0", first), ("towers.1", second)])
        {
            state[$"{name}.output.weight"].Span.Clear();
            state[$"{name}.output.bias"].Span[0] = bias;
        }

        var batch = new Batch { Rows = 3, Numeric = Tensor.Ones(3, 1), Categories = new IndexTensor([3, 0]), Targets = Tensor.Zeros(3, 2) };
        using var tape = new Tape();
        TinyProblem.Forward(model, batch);
        Assert.Equal(Weight * excess, model.Penalty.Item(), 1e-5f);
        model.Evaluate();
        TinyProblem.Forward(model, batch);
        Assert.True(model.Penalty.IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Tasks_that_are_no_funnel_are_refused(string name)
    {
        Refused(new TaskSet(Target.Binary("click")), "at least two");
        Refused(new TaskSet(Target.Binary("click"), Target.Regression("price")), $"task 'price' is regression; {name} expects binary tasks");

        void Refused(TaskSet tasks, string part) => Assert.Contains(part, Assert.Throws<ModelException>(() => TabularModels.Create(name, TinyProblem.Schema, tasks)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_purchase_without_a_click_is_refused_and_an_unknown_label_is_not()
    {
        var model = new Esmm(FeatureSchema.Numeric(1), new TaskSet(Target.Binary("click"), Target.Binary("buy")), new EsmmOptions { TowerHidden = [4] });
        Data([1, 1, 1, 0, float.NaN, 1, 0, 0, 1, float.NaN, 0, 0]);
        TrainingException refused = Assert.Throws<TrainingException>(() => Data([1, 1, 0, 1, 0, 0]));
        Assert.StartsWith("in row 2 of the data set 'buy' is 1 and 'click' before it is 0; esmm expects", refused.Message, StringComparison.Ordinal);

        void Data(float[] labels) => new Trainer(model).Validate(new ArrayDataset(new float[labels.Length / 2], 1, [], 0, labels, 2));
    }

    [Fact]
    public void The_row_of_the_table_is_named_wherever_the_split_has_put_it()
    {
        // Row 34 is the only purchase without a click; after a split it is somewhere else among the encoded rows.
        var table = new Table("shop.csv",
        [
            new NumericColumn("age", [.. Enumerable.Range(0, 60).Select(i => (float)i)]),
            new NumericColumn("click", [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? 1f : 0f)]),
            new NumericColumn("buy", [.. Enumerable.Range(0, 60).Select(i => i % 4 == 0 || i == 33 ? 1f : 0f)]),
        ]);
        var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
        bool moved = false;
        for (ulong seed = 0; seed < 8; seed++)
        {
            TabularData data = table.Encode(tasks, validation: 0.4, test: 0, seed: seed);
            var trainer = new Trainer(new Esmm(data, data.Tasks, new EsmmOptions { TowerHidden = [4] }));
            Assert.StartsWith("in row 34 of the table 'buy' is 1", Assert.Throws<TrainingException>(() => trainer.Validate(data.Train, data.Validation)).Message, StringComparison.Ordinal);
            ArrayDataset part = data.Train.Subset([2, 1]).WithLabels(new float[4]);
            Assert.Equal((data.Train.SourceRow(2), data.Train.SourceRow(1)), (part.SourceRow(0), part.SourceRow(1)));
            moved |= data.Train.SourceRow(2) != 2;
        }

        Assert.True(moved);
    }

    [Fact]
    public void The_penalty_moves_what_no_loss_moves()
    {
        // Selectors of a DSelect-k gate start near the middle; entropy alone pulls them apart, whatever the tasks' weights are.
        var tasks = new TaskSet(Target.Regression("a"), Target.Regression("b"));
        float[] first = Trained(0f), second = Trained(10f);
        Assert.NotEqual(first, second);

        float[] Trained(float entropy)
        {
            var model = new DSelectK(FeatureSchema.Numeric(2), tasks, new DSelectKOptions { Experts = 4, ExpertHidden = [3], TowerHidden = [], BatchNorm = false, Entropy = entropy }, seed: 4);
            float[] numbers = new float[64];
            new RandomStream(1).FillNormal(numbers);
            new Trainer(model) { Options = new() { Epochs = 3, BatchSize = 8, ConflictSamples = 0 } }.Fit(new ArrayDataset(numbers, 2, [], 0, [.. numbers.Select(value => value * 2)], 2), cancellation: TestContext.Current.CancellationToken);
            return GoldenModel.State(model)["gates.0.z"].ToArray();
        }
    }

    [Fact]
    public void A_balancer_of_several_batches_refuses_a_model_with_a_loss_of_its_own()
    {
        TabularModel model = TinyProblem.Create("aitm", 2);
        var data = new ArrayDataset(new float[24], 2, new int[24], 2, new float[24], 2);
        var trainer = new Trainer(model) { Balancer = Polymath.Learning.Balancing.Balancers.Create("modo"), Options = new() { BatchSize = 2 } };
        Assert.Contains("adds a loss of its own", Assert.Throws<TrainingException>(() => trainer.Validate(data)).Message, StringComparison.Ordinal);
    }
}
