using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Training;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>Whole fits in flat regions: what they reduce to, that they resume, repeat and report.</summary>
[Collection(QuietCollection.Name)]
public sealed class FlatRegionTrainingTests : IDisposable
{
    private const int Rows = 30, BatchSize = 10, Epochs = 2, Steps = Rows / BatchSize * Epochs;
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-flat-").FullName;
    private readonly ArrayDataset _train = ToyData.Make(Rows, missing: 0.2), _validation = ToyData.Make(20, seed: 8);

    private string File => Path.Combine(_folder, "fit.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(TrainerTests.AllBalancers), MemberType = typeof(TrainerTests))]
    public void A_radius_of_zero_trains_what_the_balancer_alone_trains(string balancer)
        => Assert.Equal(Fit(Balancers.Create(balancer), null).Values, Fit(Balancers.Create(balancer), new FlatRegions { Rho = 0 }).Values);

    [Theory]
    [MemberData(nameof(Usable))]
    public void A_fit_gives_the_same_bits_at_any_thread_count_and_its_steps_allocate_nothing(string balancer)
    {
        int threads = Workers.Count;
        try
        {
            (float[] Values, FitResult Result)[] fits = new (float[], FitResult)[3];
            for (int i = 0; i < fits.Length; i++)
            {
                Workers.Configure(i + 1);
                fits[i] = Fit(Balancers.Create(balancer), new FlatRegions { Rho = 0.5, Adaptive = true }, epochs: 6);
            }

            Assert.Equal(fits[0].Values, fits[1].Values);
            Assert.Equal(fits[0].Values, fits[2].Values);
            Assert.Equal(0, fits[0].Result.Memory!.AllocatedBytes);
            Assert.NotEqual(fits[0].Values, Fit(Balancers.Create(balancer), null, epochs: 6).Values);
        }
        finally
        {
            Workers.Configure(threads);
        }
    }

    [Theory]
    [InlineData("uw", 1)]
    [InlineData("pcgrad", 1)]
    [InlineData("pcgrad", 2)]
    [InlineData("slow", 1)]
    public void A_fit_stopped_at_any_step_ends_with_the_bits_of_one_that_was_not(string rule, int every)
    {
        (float[] values, FitResult whole) = Run(null);
        for (int stop = 0; stop < Steps; stop++)
        {
            System.IO.File.Delete(File);
            Assert.Equal(stop == Steps - 1, Run(stop).Result.Completed);
            (float[] resumed, FitResult result) = Run(null);
            Assert.Equal(values, resumed);
            Assert.Equal(ToyData.Lines(whole, ToyData.Tasks), ToyData.Lines(result, ToyData.Tasks));
        }

        Assert.Contains("written by a run with other", Assert.Throws<TrainingException>(() => Fit(Make(), null, path: File)).Message, StringComparison.Ordinal);

        Balancer Make() => rule == "slow" ? new SlowWeights() : Balancers.Create(rule);

        (float[] Values, FitResult Result) Run(int? stop) => Fit(Make(), new FlatRegions { Rho = 0.5, Adaptive = true, PerturbEvery = every, FlatBalancer = rule == "slow" ? new SlowWeights() : null }, stop, path: File);
    }

    [Fact]
    public void The_two_instances_have_a_state_each()
    {
        SlowWeights loss = new(), flat = new();
        Fit(loss, new FlatRegions { FlatBalancer = flat });
        BalancerState first = new(), second = new();
        loss.WriteState(first);
        flat.WriteState(second);
        Assert.NotEqual(first.GetDoubles("weights").ToArray(), second.GetDoubles("weights").ToArray());
    }

    [Fact]
    public void An_epoch_records_the_mean_rise_of_every_loss()
    {
        var seen = new List<(int Task, double Rise, double Loss)>();
        ToyModel model = new(ToyData.Tasks);
        var trainer = new Trainer(model)
        {
            Balancer = new PCGrad(),
            FlatRegions = new FlatRegions { Rho = 0.2 },
            Options = new() { Epochs = 1, BatchSize = BatchSize },
            OnStep = (in StepRecord record) =>
            {
                for (int i = 0; i < record.Active.Length; i++) seen.Add((record.Active[i], record.Flat.Sharpness(i), record.Losses[i]));
            },
        };
        FitResult result = trainer.Run(ToyData.Make(Rows));
        EpochRecord epoch = result.History[0], read = EpochRecordJson.Read(EpochRecordJson.Write(epoch, ToyData.Tasks));
        for (int task = 0; task < ToyData.Tasks.Count; task++)
        {
            Assert.Equal(seen.Where(one => one.Task == task).Average(one => one.Rise), epoch.Sharpness[task], 1e-9);
            Assert.Equal(seen.Where(one => one.Task == task).Average(one => one.Loss), epoch.TrainLoss[task], 1e-6);
        }

        Assert.Equal(epoch.Sharpness, read.Sharpness);
        Assert.Empty(Fit(new EqualWeighting(), null).Result.History[0].Sharpness);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Measured_sharpness_is_what_the_step_saw(bool adaptive)
    {
        ArrayDataset data = ToyData.Make(40);
        double[] seen = new double[3], measured = Sharpness.Measure(new ToyModel(ToyData.Tasks), data, 0.3, adaptive);
        var model = new ToyModel(ToyData.Tasks);
        new Trainer(model)
        {
            FlatRegions = new FlatRegions { Rho = 0.3, Adaptive = adaptive },
            Options = new() { Epochs = 1, BatchSize = 40 },
            OnStep = (in StepRecord record) =>
            {
                for (int k = 0; k < 3; k++) seen[k] = record.Flat.Sharpness(k);
            },
        }.Run(data);
        for (int k = 0; k < 3; k++) Assert.Equal(seen[k], measured[k], 1e-5);
        float[] before = ToyModel.Values(model);
        Sharpness.Measure(model, data, 0.3, adaptive);
        Assert.Equal(before, ToyModel.Values(model));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sharpness.Measure(model, data, -1));
    }

    [Fact]
    public void What_cannot_be_trained_this_way_is_refused_in_one_sentence()
    {
        Refuse(new EqualWeighting(), new FlatRegions { Rho = -1 }, "found Rho = -1, expected 0 or more");
        Refuse(new EqualWeighting(), new FlatRegions { Rho = double.NaN }, "found Rho = NaN");
        Refuse(new EqualWeighting(), new FlatRegions { PerturbEvery = 0 }, "found PerturbEvery = 0, expected 1 or more");
        Refuse(new EqualWeighting(), new FlatRegions { Split = (FlatSplit)5 }, "found Split = 5");
        Refuse(new RecordingBalancer(), new FlatRegions(), "set FlatRegions.FlatBalancer");
        Refuse(new CAGrad(), new FlatRegions { FlatBalancer = new EqualWeighting() }, "FlatBalancer 'ew' reads only losses");
        Balancer same = new CAGrad();
        Refuse(same, new FlatRegions { FlatBalancer = same }, "expected a second instance");
        foreach (BalancerNeeds needs in (BalancerNeeds[])[BalancerNeeds.ThreeBatches, BalancerNeeds.Bilevel, BalancerNeeds.RepresentationGradients, BalancerNeeds.LossesAfterStep])
        {
            Refuse(new Needing(needs), new FlatRegions(), $"balancer 'needing' needs {needs}");
        }

        Assert.Contains("found BalanceAt = Representation", Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)) { Balancer = new MGDA(), FlatRegions = new(), Options = new() { BalanceAt = BalanceLevel.Representation } }.Validate(_train)).Message, StringComparison.Ordinal);

        void Refuse(Balancer balancer, FlatRegions regions, string because)
            => Assert.Contains(because, Assert.Throws<TrainingException>(() => new Trainer(new ToyModel(ToyData.Tasks)) { Balancer = balancer, FlatRegions = regions }.Validate(_train)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_radius_that_is_too_large_is_named()
    {
        string message = Assert.Throws<TrainingException>(() => Fit(new EqualWeighting(), new FlatRegions { Rho = 1e30 })).Message;
        Assert.Contains("the perturbed loss of task 'click' became NaN", message, StringComparison.Ordinal);
        Assert.Contains("rho = 1E+30 is too large", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Specifications_are_read_and_refused_by_the_registry()
    {
        Assert.Equal(new FlatRegions { Rho = 2, Adaptive = true }, FlatRegions.Create("asam"));
        Assert.Equal(new FlatRegions(), FlatRegions.Create("sam"));
        Assert.Equal(new FlatRegions { Rho = 0.1, SeparateNorms = true, Split = FlatSplit.Direct, PerturbEvery = 4 }, FlatRegions.Create("SAM:rho=0.1,separate=true,direct=true,every=4"));
        foreach (string specification in (string[])["sam:rho=0.05", "asam:rho=2,separate=true", "asam:rho=0.5,direct=true,every=3"]) Assert.Equal(specification, FlatRegions.Create(specification).Specification);
        Assert.Contains("rho=-1 is not allowed", Assert.Throws<ComponentException>(() => FlatRegions.Create("sam:rho=-1")).Message, StringComparison.Ordinal);
        Assert.Contains("unknown kind of flat region 'sma'", Assert.Throws<ComponentException>(() => FlatRegions.Create("sma")).Message, StringComparison.Ordinal);
    }

    /// <summary>Every registered balancer that can be used in flat regions.</summary>
    public static TheoryData<string> Usable
    {
        get
        {
            const BalancerNeeds Unusable = BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel | BalancerNeeds.RepresentationGradients | BalancerNeeds.LossesAfterStep;
            var names = new TheoryData<string>();
            foreach (BalancerDescriptor known in Balancers.All)
            {
                Balancer rule = Balancers.Create(known.Name);
                rule.Prepare(ToyData.Tasks.Count);
                if ((rule.Needs & Unusable) == 0 && !rule.MixesRepresentation && (!rule.ReadsGradients || rule.Learnable.Length == 0)) names.Add(known.Name);
            }

            return names;
        }
    }

    private (float[] Values, FitResult Result) Fit(Balancer balancer, FlatRegions? regions, int? stopInStep = null, int epochs = Epochs, string? path = null)
    {
        using var stop = new CancellationTokenSource();
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.25f);
        var trainer = new Trainer(model)
        {
            Balancer = balancer,
            FlatRegions = regions,
            CheckpointPath = path,
            OnStep = (in StepRecord record) =>
            {
                if (record.Step == stopInStep) stop.Cancel();
            },
            Options = new() { Epochs = epochs, BatchSize = BatchSize, Seed = 7, ConflictSamples = 2, CheckpointSeconds = 1000, Patience = 0 },
        };
        FitResult result = trainer.Fit(_train, _validation, cancellation: stop.Token);
        return (ToyModel.Values(model), result);
    }

    private sealed class Needing(BalancerNeeds needs) : Balancer
    {
        public override string Name => "needing";

        public override BalancerNeeds Needs => needs;

        public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights) => throw new NotSupportedException();
    }
}
