using Polymath.Learning;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Reproductions.Merging;

/// <summary>
/// One pre-trained encoder and its fine-tuned copies, an expert per task: the digits as 64 (or 256) pixels, an encoder of two hidden ReLU layers of 128 and 64
/// linear outputs (33 thousand weights), and a linear head per task that is fixed after pre-training. The methods merge encoders.
/// </summary>
/// <example><code>
/// MergingBench bench = MergingBench.Prepare(MergingBench.Read(context), MergingBenchOptions.D8, seed: 0);
/// ModelState average = (TaskVector.Sum(bench.TaskVectors) * (1f / bench.Tasks)).ApplyTo(bench.Theta0);
/// double[] accuracies = bench.Accuracies(average, BenchSplit.Test);
/// </code></example>
public sealed class MergingBench
{
    private readonly LabelledImages[][] _images;
    private readonly Linear[] _heads;
    private readonly double[] _individual;

    private MergingBench(MergingBenchOptions options, LabelledImages[][] images, BenchFit pretrained)
    {
        Options = options;
        _images = images;
        _heads = pretrained.Heads;
        Encoder = pretrained.Encoder;
        Theta0 = ModelState.From(Encoder);
        _individual = new double[options.Tasks];
    }

    /// <summary>What was prepared.</summary>
    public MergingBenchOptions Options { get; }

    /// <summary>T.</summary>
    public int Tasks => Options.Tasks;

    /// <summary>A network to run states in; its weights are those of the last state that was evaluated.</summary>
    public Mlp Encoder { get; }

    /// <summary>Width of what the encoder returns.</summary>
    public static int CodeWidth => BenchFit.Code;

    /// <summary>The pre-trained encoder.</summary>
    public ModelState Theta0 { get; }

    /// <summary>The fine-tuned encoders, one per task.</summary>
    public IReadOnlyList<ModelState> Tuned { get; private set; } = [];

    /// <summary>Fine-tuned less pre-trained, one per task.</summary>
    public IReadOnlyList<TaskVector> TaskVectors { get; private set; } = [];

    /// <summary>The accuracy of every expert on its own validation pictures, what others are normalised by.</summary>
    public IReadOnlyList<double> IndividualValidation => _individual;

    /// <summary>Reads the digits.</summary>
    /// <param name="context">Knows where the data is.</param>
    /// <returns>Pixels in [0, 1], <c>[1797, 64]</c>, and classes.</returns>
    /// <exception cref="ReproductionException">The data is missing.</exception>
    public static (float[] Pixels, float[] Classes) Read(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return FlatMtl.DigitPairs.Read(context.Require(BenchTasks.Source));
    }

    /// <summary>Draws the tasks, pre-trains, and fine-tunes an expert per task.</summary>
    /// <param name="digits">What <see cref="Read"/> read.</param>
    /// <param name="options">Which bench.</param>
    /// <param name="seed">Names the split and all other draws.</param>
    /// <param name="cancellation">Stops between two epochs.</param>
    public static MergingBench Prepare((float[] Pixels, float[] Classes) digits, MergingBenchOptions options, int seed, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Tasks, BenchTasks.MaxTasks, nameof(options));
        RandomStream random = new RandomStream((ulong)seed).Derive("merging bench");
        LabelledImages[][] images = BenchTasks.Draw(digits, options, random);
        int features = images[0][0].Features;
        var pretrained = new BenchFit(features, options.Tasks, random.Derive("weights"), options.Initializer);
        pretrained.PreTrain([.. images.Select(splits => splits[(int)BenchSplit.Train])], options.PreTrainingItems, options.PreTrainingSteps, random.Derive("pre-training"), cancellation);
        var bench = new MergingBench(options, images, pretrained);
        var tuned = new ModelState[options.Tasks];
        Parallel.For(0, options.Tasks, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount }, task =>
        {
            Mlp expert = BenchFit.CreateEncoder(features, new RandomStream(0));
            bench.Theta0.CopyTo(expert);
            BenchFit.FineTune(expert, bench._heads[task], bench.Images(task, BenchSplit.Train), options.FineTuningEpochs, options.RateFactor?.Invoke(task) ?? 1, random.Derive("fine-tuning").Derive((ulong)task), cancellation);
            tuned[task] = ModelState.From(expert);
        });
        bench.Tuned = tuned;
        bench.TaskVectors = [.. tuned.Select(state => TaskVector.From(bench.Theta0, state))];
        for (int task = 0; task < options.Tasks; task++) bench._individual[task] = bench.Accuracy(tuned[task], task, BenchSplit.Validation);
        return bench;
    }

    /// <summary>The name of a task, for tables.</summary>
    public string NameOf(int task) => BenchTasks.NameOf(Options, task);

    /// <summary>The pictures of a task.</summary>
    public LabelledImages Images(int task, BenchSplit split) => _images[task][(int)split];

    /// <summary>The fixed head of a task: from codes, <c>[rows, 64]</c>, to logits, <c>[rows, 10]</c>. Its parameters need no gradient.</summary>
    public Tensor Head(int task, Tensor code) => Fused.Linear(code, _heads[task].Weight.Value.Detach(), _heads[task].Bias!.Value.Detach());

    /// <summary>The codes that an encoder gives to pictures, <c>[pictures, 64]</c>.</summary>
    public float[] Codes(ModelState encoder, int task, BenchSplit split)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        encoder.CopyTo(Encoder);
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        return Encoder.Forward(Images(task, split).ToTensor()).ToArray();
    }

    /// <summary>The share of a task's pictures that an encoder with the task's head gets right, in [0, 1].</summary>
    public double Accuracy(ModelState encoder, int task, BenchSplit split) => Accuracy(Codes(encoder, task, split), task, split);

    /// <summary>The share of a task's pictures that the task's head gets right from given codes.</summary>
    public double Accuracy(float[] codes, int task, BenchSplit split)
    {
        bool[] right = Right(codes, task, Images(task, split).Labels);
        return (double)right.Count(correct => correct) / right.Length;
    }

    /// <summary>Which pictures a head gets right.</summary>
    /// <param name="codes">Their codes, <c>[pictures, 64]</c>.</param>
    /// <param name="head">The task of the head.</param>
    /// <param name="labels">The digit of each.</param>
    public bool[] Right(float[] codes, int head, float[] labels)
    {
        ArgumentNullException.ThrowIfNull(codes);
        ArgumentNullException.ThrowIfNull(labels);
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        ReadOnlySpan<float> logits = Head(head, Tensor.FromArray(codes, labels.Length, CodeWidth)).Span;
        bool[] right = new bool[labels.Length];
        for (int i = 0; i < right.Length; i++) right[i] = System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits.Slice(i * BenchFit.Classes, BenchFit.Classes)) == (int)labels[i];
        return right;
    }

    /// <summary>The accuracy of one encoder on every task.</summary>
    public double[] Accuracies(ModelState encoder, BenchSplit split) => [.. Enumerable.Range(0, Tasks).Select(task => Accuracy(encoder, task, split))];

    /// <summary>The mean over tasks of the accuracy on validation pictures divided by that of the expert: what scales are chosen by.</summary>
    public double NormalizedValidation(ModelState encoder) => Accuracies(encoder, BenchSplit.Validation).Zip(_individual, (own, expert) => own / expert).Average();
}
