using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class CheckpointTests : IDisposable
{
    private const int Rows = 30, BatchSize = 10, Epochs = 3, Steps = Rows / BatchSize * Epochs;
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-checkpoint-").FullName;
    private readonly ArrayDataset _train = ToyData.Make(Rows, missing: 0.2), _validation = ToyData.Make(20, seed: 8);

    private string File => Path.Combine(_folder, "fit.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string, string, double> EveryBalancer
    {
        get
        {
            var fits = new TheoryData<string, string, double>();
            foreach (TheoryDataRow<string> balancer in TrainerTests.AllBalancers) fits.Add(balancer.Data, "adam:lr=0.01", 0);
            foreach (string balancer in (string[])["gradvac:group=1", "graddrop:at=parameters", "stch:warmup=0", "cagrad:form=torchjd", "modo:gamma=0.1", "autolambda:outer_lr=0.1", "moml:outer_lr=0.1", "forum:outer_lr=0.1,inner_step=2"]) fits.Add(balancer, "adam:lr=0.01", 0);
            fits.Add("ew", "sgd:lr=0.01,momentum=0.9", 0);
            fits.Add("uw", "adamw:lr=0.01", 0);
            fits.Add("mgda", "adagrad:lr=0.01", 0);
            fits.Add("ew", "adam:lr=0.01", 0.9);
            return fits;
        }
    }

    [Theory]
    [MemberData(nameof(EveryBalancer))]
    public void A_fit_stopped_at_any_step_ends_with_the_bits_of_one_that_was_not(string balancer, string optimizer, double average)
    {
        (float[] values, string[] lines, float[] learned) = Fit(balancer, optimizer, _train, null, average: average).Final;
        for (int stop = 0; stop < Steps; stop++)
        {
            System.IO.File.Delete(File);
            Assert.Equal(stop == Steps - 1, Fit(balancer, optimizer, _train, stop, average: average).Completed);
            ((float[], string[], float[]) final, bool completed) = Fit(balancer, optimizer, _train, null, average: average);
            Assert.True(completed);
            Assert.Equal(values, final.Item1);
            Assert.Equal(lines, final.Item2);
            Assert.Equal(learned, final.Item3);
        }

        // And when it only ever does one step at a time.
        System.IO.File.Delete(File);
        int sessions = 1;
        while (!Fit(balancer, optimizer, _train, 0, average: average).Completed) sessions++;
        Assert.Equal(Steps, sessions);
        Assert.Equal(values, Fit(balancer, optimizer, _train, null, average: average).Final.Values);
    }

    [Fact]
    public void Every_saved_checkpoint_continues_to_the_same_result()
    {
        var copies = new List<byte[]>();
        var watched = new WatchedDataset(_train, (step, _) =>
        {
            if (step > 0) copies.Add(System.IO.File.ReadAllBytes(File));
        });
        (float[] values, string[] lines, _) = Fit("uw", "adam", watched, null, checkpointSeconds: 0).Final;
        Assert.Equal(Steps - 1, copies.Count);
        foreach (byte[] copy in copies.Append(System.IO.File.ReadAllBytes(File)))
        {
            System.IO.File.WriteAllBytes(File, copy);
            (float[], string[], float[]) final = Fit("uw", "adam", _train, null).Final;
            Assert.Equal(values, final.Item1);
            Assert.Equal(lines, final.Item2);
        }

        Assert.Equal([File], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_finished_fit_goes_on_when_it_is_given_more_epochs()
    {
        float[] longer = Fit("ew", "adam", _train, null, epochs: 4).Final.Values;
        System.IO.File.Delete(File);
        Fit("ew", "adam", _train, null, epochs: 2);
        Assert.Equal(longer, Fit("ew", "adam", _train, null, epochs: 4).Final.Values);
    }

    [Fact]
    public void A_checkpoint_of_another_run_is_refused()
    {
        Fit("ew", "adam", _train, 2);
        Refuse(() => Fit("ew", "adam", _train, null, seed: 99));
        Refuse(() => Fit("cagrad", "adam", _train, null));
        Refuse(() => Fit("ew", "sgd", _train, null));
        Refuse(() => Fit("ew", "adam:lr=0.5", _train, null));
        Refuse(() => Fit("ew", "adam", ToyData.Make(Rows, seed: 4), null));
        Refuse(() => Fit("ew", "adam", ToyData.Make(Rows + 1, missing: 0.2), null));
        Refuse(() => new Trainer(new ToyModel(ToyData.Tasks, width: 9)) { CheckpointPath = File }.Run(_train, _validation));
        Assert.True(Fit("ew", "adam", _train, null).Completed);

        static void Refuse(Action fit) => Assert.Contains("written by a run with other data, model, optimiser, balancer, regulariser or seed", Assert.Throws<TrainingException>(fit).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_truncated_or_changed_checkpoint_is_refused_by_name()
    {
        Fit("uw", "adam", _train, 4);
        byte[] whole = System.IO.File.ReadAllBytes(File);
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 40)) RefuseBytes(whole[..length]);
        var random = new RandomStream(4);
        for (int i = 0; i < 60; i++)
        {
            byte[] changed = [.. whole];
            changed[random.NextInt32(whole.Length)] ^= (byte)(1 << random.NextInt32(8));
            RefuseBytes(changed);
        }

        System.IO.File.WriteAllBytes(File, whole);
        Assert.True(Fit("uw", "adam", _train, null).Completed);

        void RefuseBytes(byte[] bytes)
        {
            System.IO.File.WriteAllBytes(File, bytes);
            string message = Assert.Throws<TrainingException>(() => Fit("uw", "adam", _train, null)).Message;
            Assert.StartsWith(File, message, StringComparison.Ordinal);
        }
    }

    private ((float[] Values, string[] Lines, float[] Learned) Final, bool Completed) Fit(string balancer, string optimizer, Dataset train, int? stopInStep, int epochs = Epochs, ulong seed = 7, double checkpointSeconds = 1000, double average = 0)
    {
        using var stop = new CancellationTokenSource();
        int seen = 0;
        var model = new ToyModel(ToyData.Tasks, batchNorm: true, dropout: 0.25f);
        var trainer = new Trainer(model)
        {
            Balancer = Balancers.Create(balancer),
            Optimizer = Optimizers.Create(optimizer),
            CheckpointPath = File,
            OnStep = (in StepRecord _) =>
            {
                // Some rules gather several batches in a step, so steps are counted where all of them tell.
                if (seen++ == stopInStep) stop.Cancel();
            },
            Options = new() { Epochs = epochs, BatchSize = BatchSize, Seed = seed, ConflictSamples = 2, CheckpointSeconds = checkpointSeconds, Patience = 0, AverageDecay = average },
        };
        FitResult result = trainer.Fit(train, _validation, cancellation: stop.Token);
        return ((ToyModel.Values(model), ToyData.Lines(result, ToyData.Tasks), [.. trainer.Balancer.Learnable]), result.Completed);
    }
}
