using Polymath.Learning;
using Polymath.Learning.Balancing;
using Polymath.Learning.Losses;
using Polymath.Learning.Optimization;
using Polymath.Learning.Regularization;
using Polymath.Learning.Training;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>A regulariser in the trainer's step: one more loss with weight 1, whatever the balancer does.</summary>
[Collection(QuietCollection.Name)]
public sealed class RegularizedTrainerTests
{
    private const int BatchSize = 12;

    [Theory]
    [InlineData("rep-mtl")]
    [InlineData("rep-mtl:lambda_tsr=0,lambda_csa=2,log_transform=false")]
    [InlineData("rep-mtl:lambda_tsr=2,lambda_csa=0")]
    public void The_gradient_of_a_step_is_that_of_the_whole_objective(string specification)
    {
        var model = new SmoothModel();
        ArrayDataset data = ToyData.Make(BatchSize);
        using Stage stage = new(model, data, specification, new EqualWeighting(), new TrainerOptions());
        float[] gradient = stage.Gradient();
        var random = new RandomStream(8);
        double norm = Math.Sqrt(gradient.Sum(g => (double)g * g));
        for (int trial = 0; trial < 20; trial++)
        {
            const float Step = 1e-4f;
            float[] direction = new float[gradient.Length], at = stage.Values.ToArray();
            random.FillNormal(direction);
            double expected = gradient.Zip(direction).Sum(pair => (double)pair.First * pair.Second), slope = (Along(Step) - Along(-Step)) / (2 * Step);
            at.CopyTo(stage.Values);
            Assert.Equal(slope, expected, 5e-3 * norm);

            double Along(float step)
            {
                for (int i = 0; i < at.Length; i++) stage.Values[i] = at[i] + (step * direction[i]);
                return stage.Objective();
            }
        }
    }

    [Theory]
    [InlineData(false, BalanceLevel.Parameters, 1L << 30)]
    [InlineData(true, BalanceLevel.Parameters, 1L << 30)]
    [InlineData(true, BalanceLevel.Parameters, 0)]
    [InlineData(true, BalanceLevel.Representation, 1L << 30)]
    public void Every_form_of_the_gradients_gives_the_same_sum(bool inner, BalanceLevel level, long memory)
    {
        ArrayDataset data = ToyData.Make(BatchSize);
        float[] expected = Gradient(new EqualWeighting(), new TrainerOptions()), found = Gradient(new Ones(inner ? BalancerNeeds.Gramian : BalancerNeeds.Losses), new TrainerOptions { BalanceAt = level, GradientMemory = memory });
        float scale = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-5f * scale);

        float[] Gradient(Balancer balancer, TrainerOptions options)
        {
            using Stage stage = new(new SmoothModel(), data, "rep-mtl", balancer, options);
            return stage.Gradient();
        }
    }

    [Theory]
    [InlineData("ew")]
    [InlineData("uw")]
    [InlineData("mgda")]
    [InlineData("pcgrad")]
    public void A_fit_has_the_same_bits_at_any_thread_count_and_allocates_nothing(string balancer)
    {
        int threads = Workers.Count;
        try
        {
            Workers.Configure(1);
            float[] one = Train(balancer, out FitResult result);
            Workers.Configure(3);
            Assert.Equal(one, Train(balancer, out _));
            Assert.Equal(0, result.Memory!.AllocatedBytes);
        }
        finally
        {
            Workers.Configure(threads);
        }
    }

    [Fact]
    public void Epochs_record_the_means_of_the_terms_and_lines_keep_them()
    {
        List<(int Epoch, double Tsr)> steps = [];
        var trainer = new Trainer(new ToyModel(ToyData.Tasks))
        {
            Regularizer = new RepMtlRegularizer(),
            Options = new() { Epochs = 2, BatchSize = BatchSize },
            OnStep = (in StepRecord record) => steps.Add((record.Epoch, record.Regularizer[0])),
        };
        EpochRecord last = trainer.Run(ToyData.Make(60)).History[1];
        Assert.Equal(steps.Where(step => step.Epoch == 1).Average(step => step.Tsr), last.Regularizer["tsr"], 1e-9);
        EpochRecord back = EpochRecordJson.Read(EpochRecordJson.Write(last, ToyData.Tasks));
        Assert.Equal(last.Regularizer, back.Regularizer);
        Assert.DoesNotContain("regularizer", EpochRecordJson.Write(last with { Regularizer = new Dictionary<string, double>() }, ToyData.Tasks), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fit_goes_on_from_its_checkpoint_to_the_same_bits()
    {
        string path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.safetensors");
        try
        {
            float[] straight = Go(4, null, out string[] lines);
            Go(2, path, out _);
            Assert.Equal(straight, Go(4, path, out string[] resumed));
            Assert.Equal(lines, resumed);
            Assert.Contains("regulariser", Assert.Throws<TrainingException>(() => Go(4, path, out _, "rep-mtl:tau=1")).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }

        static float[] Go(int epochs, string? path, out string[] lines, string specification = "rep-mtl")
        {
            var model = new ToyModel(ToyData.Tasks);
            var trainer = new Trainer(model) { Regularizer = Regularizers.Create(specification), CheckpointPath = path, Options = new() { Epochs = epochs, BatchSize = BatchSize } };
            lines = ToyData.Lines(trainer.Run(ToyData.Make(60, missing: 0.2)), ToyData.Tasks);
            return ToyModel.Values(model);
        }
    }

    [Fact]
    public void Training_on_the_alignment_lowers_it()
    {
        Assert.True(Last(2f) < Last(0f) - 0.05);

        static double Last(float lambda)
        {
            var trainer = new Trainer(new SmoothModel()) { Optimizer = new Adam(5e-3), Regularizer = new RepMtlRegularizer(0f, lambda), Options = new() { Epochs = 30, BatchSize = 20 } };
            return trainer.Run(ToyData.Make(200)).History[^1].Regularizer["csa"];
        }
    }

    [Fact]
    public void Balancers_and_models_it_cannot_work_with_are_refused_before_the_first_step()
    {
        ArrayDataset data = ToyData.Make(20);
        Assert.Contains("several batches", Refuse(new Trainer(new ToyModel(ToyData.Tasks)) { Regularizer = new RepMtlRegularizer(), Balancer = new Ones(BalancerNeeds.ThreeBatches) }), StringComparison.Ordinal);
        Assert.Contains("log_transform=false", Refuse(new Trainer(new ToyModel(ToyData.Tasks)) { Regularizer = new RepMtlRegularizer(), Balancer = new Ones(BalancerNeeds.Losses | BalancerNeeds.LossesAfterStep) }), StringComparison.Ordinal);
        Assert.Contains("flat regions", Refuse(new Trainer(new ToyModel(ToyData.Tasks)) { Regularizer = new RepMtlRegularizer(), FlatRegions = FlatRegions.Create("sam") }), StringComparison.Ordinal);
        Assert.Contains("offers none", Refuse(new Trainer(new SmoothModel(offers: false)) { Regularizer = new RepMtlRegularizer() }), StringComparison.Ordinal);

        string Refuse(Trainer trainer) => Assert.Throws<TrainingException>(() => trainer.Run(data)).Message;
    }

    [Fact]
    public void The_balancer_is_shown_the_logarithms_and_the_record_the_losses()
    {
        var balancer = new Ones(BalancerNeeds.Losses);
        float[] losses = [];
        new Trainer(new ToyModel(ToyData.Tasks))
        {
            Regularizer = new RepMtlRegularizer(),
            Balancer = balancer,
            Options = new() { Epochs = 1, BatchSize = 60 },
            OnStep = (in StepRecord record) => losses = record.Losses.ToArray(),
        }.Run(ToyData.Make(60));
        for (int k = 0; k < losses.Length; k++) Assert.Equal(MathF.Log(losses[k]), balancer.Seen[k], 1e-5f);
    }

    private static float[] Train(string balancer, out FitResult result)
    {
        ToyModel model = new(ToyData.Tasks, batchNorm: true, dropout: 0.1f);
        result = new Trainer(model) { Optimizer = new Sgd(0.02), Balancer = Balancers.Create(balancer), Regularizer = new RepMtlRegularizer(clip: 1), Options = new() { Epochs = 6, BatchSize = 10, Seed = 5 } }.Run(ToyData.Make(65, missing: 0.2));
        return ToyModel.Values(model);
    }

    /// <summary>A trunk and heads of one hidden layer each, all tanh: differences of its objective are exact enough to check gradients.</summary>
    private sealed class SmoothModel : MultiTaskModel
    {
        private const int Width = 6;
        private readonly bool _offers;
        private readonly Linear _trunk;
        private readonly Linear[] _hidden, _heads;

        public SmoothModel(bool offers = true)
            : base(ToyData.Tasks)
        {
            var random = new RandomStream(3);
            _offers = offers;
            _trunk = Add("trunk", new Linear(ToyData.Features, Width, random.Derive("trunk")));
            _hidden = [.. Tasks.Select((_, k) => Add($"hidden.{k}", new Linear(Width, Width, random.Derive($"hidden{k}"))))];
            _heads = [.. Tasks.Select((task, k) => Add($"heads.{k}", new Linear(Width, task.Outputs, random.Derive($"head{k}"))))];
        }

        public override void Forward(Batch batch, Span<Tensor> outputs)
        {
            Tensor z = _trunk.Forward(batch.Numeric, Activation.Tanh);
            if (_offers) Share(z);
            for (int k = 0; k < outputs.Length; k++) outputs[k] = _heads[k].Forward(_hidden[k].Forward(z, Activation.Tanh));
        }
    }

    /// <summary>Weights of 1 from a rule that reads what it is told to.</summary>
    private sealed class Ones(BalancerNeeds needs) : Balancer
    {
        public override string Name => "ones";

        public override BalancerNeeds Needs => needs;

        public float[] Seen { get; private set; } = [];

        public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
        {
            Seen = input.Losses.ToArray();
            weights.Fill(1);
            return BalanceStatus.Converged;
        }
    }

    /// <summary>One step of a trainer, taken apart.</summary>
    private sealed class Stage : IDisposable
    {
        private readonly MultiTaskModel _model;
        private readonly ArrayDataset _data;
        private readonly IRepresentationRegularizer _regularizer;
        private readonly ParameterBlock _block;
        private readonly TrainingStep _step;
        private readonly BatchOrder _order;

        public Stage(MultiTaskModel model, ArrayDataset data, string specification, Balancer balancer, TrainerOptions options)
        {
            (_model, _data, _regularizer) = (model, data, Regularizers.Create(specification));
            balancer.Prepare(model.Tasks.Count);
            using (new Tape()) _block = new ParameterBlock(model, TrainingStep.FindShared(model, data.Gather([0, 1])), 0);
            _step = TrainingStep.For(new Trainer(model) { Balancer = balancer, Regularizer = _regularizer, Options = options }, _block, [.. model.Tasks.Select(LossFunctions.For)]);
            _order = new BatchOrder(data.Rows, new() { BatchSize = data.Rows }, new RandomStream(3));
            _order.Begin(0);
        }

        public Span<float> Values => _block.Values;

        public float[] Gradient()
        {
            Assert.True(_step.Run(new StepContext { Data = _data, Order = _order, Index = 0, Epoch = 0, Step = 0, LearningRate = 1e-3, Random = new RandomStream(5) }));
            return _step.Gradient.ToArray();
        }

        public double Objective()
        {
            using var tape = new Tape();
            Tensor[] outputs = new Tensor[_model.Tasks.Count], objectives = new Tensor[outputs.Length];
            _model.Forward(_data.Gather(_order[0]), outputs);
            Tensor[] losses = [.. outputs.Select((output, k) => LossFunctions.For(_model.Tasks[k]).Mean(output, [.. _order[0].ToArray().Select(row => _data.Label(row, k))], out _))];
            Tensor extra = _regularizer.Regularize(tape, losses, _model.SharedRepresentation, objectives);
            return objectives.Sum(objective => (double)objective.Item()) + extra.Item();
        }

        public void Dispose() => _step.Dispose();
    }
}
