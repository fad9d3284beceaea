using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

[Collection(QuietCollection.Name)]
public sealed class TrainingAllocationTests
{
    public static TheoryData<string, string> ModelsAndBalancers
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (ModelDescriptor model in TabularModels.All)
            {
                bool penalizes = TinyProblem.Create(model.Name, 2).Penalizes;
                foreach (BalancerDescriptor balancer in Balancers.All.Where(balancer => balancer.MinimumTasks <= 2))
                {
                    // A model with a loss of its own works on one batch at a time.
                    BalancerNeeds needs = Balancers.Create(balancer.Name).Needs;
                    if (!penalizes || (needs & (BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel)) == 0) rows.Add(model.Name, balancer.Name);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(ModelsAndBalancers))]
    public void A_warm_training_step_of_a_tabular_model_allocates_nothing(string name, string balancer) => Allocates_nothing(name, balancer, sparse: false);

    [Theory]
    [InlineData("shared-bottom", "ew")]
    [InlineData("mmoe", "cagrad")]
    [InlineData("stem", "ew")]
    public void Nor_does_one_of_a_model_with_sparse_tables(string name, string balancer) => Allocates_nothing(name, balancer, sparse: true);

    private static void Allocates_nothing(string name, string balancer, bool sparse)
    {
        const int Rows = 160, BatchSize = 16, Steps = Rows / BatchSize * 4;
        var random = new RandomStream(3);
        float[] numeric = new float[Rows * 2], labels = new float[Rows * 2];
        random.FillNormal(numeric);
        random.FillBernoulli(labels, 0.5f);
        for (int row = 0; row < Rows; row++) labels[(2 * row) + 1] *= labels[2 * row];
        int[] ids = [.. Enumerable.Range(0, Rows * 2).Select(i => random.NextInt32(i % 2 == 0 ? 3 : 5))];
        long[] allocated = new long[Steps];
        int step = 0;
        var data = new ArrayDataset(numeric, 2, ids, 2, labels, 2);
        Dictionary<string, string> options = TinyProblem.Options(name, batchNorm: true);
        if (sparse) options["sparse-from"] = "1";
        TabularModel model = TabularModels.Create(name, TinyProblem.Schema, TinyProblem.TasksOf(name, 2), options);
        var trainer = new Trainer(model)
        {
            Optimizer = new Adam(),
            Balancer = Balancers.Create(balancer),
            Options = new() { Epochs = 4, BatchSize = BatchSize },
            OnStep = (in StepRecord _) => allocated[step++] = GC.GetAllocatedBytesForCurrentThread(),
        };
        trainer.Fit(data, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Steps, step);
        Assert.Equal(0, allocated[Steps - 1] - allocated[Steps - 9]);
    }
}
