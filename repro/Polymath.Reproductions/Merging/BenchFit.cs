using System.Globalization;
using Polymath.Learning;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Reproductions.Merging;

/// <summary>The networks of a bench and their training: one encoder with a linear head per task, first together, then the encoder alone for one task.</summary>
internal sealed class BenchFit : Module
{
    public const int Classes = 10, Code = 64;
    private const int Hidden = 128, ItemsPerTask = 32, BatchSize = 64;
    private const double PreTrainingRate = 1e-3, FineTuningRate = 2e-3, WeightDecay = 0.01;

    public BenchFit(int features, int tasks, RandomStream random, Initializer? initializer = null)
    {
        Encoder = Add("encoder", CreateEncoder(features, random, initializer));
        Heads = [.. Enumerable.Range(0, tasks).Select(task => Add(string.Create(CultureInfo.InvariantCulture, $"heads.{task}"), new Linear(Code, Classes, random, initializer: initializer)))];
    }

    public Mlp Encoder { get; }

    public Linear[] Heads { get; }

    public static Mlp CreateEncoder(int features, RandomStream random, Initializer? initializer = null) => new(features, new MlpOptions { Hidden = [Hidden, Hidden], OutputSize = Code, Initializer = initializer }, random);

    /// <summary>Adam on the sum of the tasks' losses, so many pictures of each a step, drawn from its first <paramref name="items"/>.</summary>
    public void PreTrain(LabelledImages[] tasks, int items, int steps, RandomStream random, CancellationToken cancellation)
    {
        var layout = new ParameterLayout(NamedParameters().Select(entry => entry.Value.Value), []);
        Tensor values = layout.Pack();
        var gradient = new TaskGradients(layout);
        var optimizer = new Adam(PreTrainingRate);
        int[] rows = new int[ItemsPerTask];
        using var tape = new Tape();
        for (int step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            tape.Reset();
            Tensor batch = Tensor.Zeros(tasks.Length * ItemsPerTask, tasks[0].Features), labels = Tensor.Zeros(tasks.Length * ItemsPerTask);
            for (int task = 0; task < tasks.Length; task++)
            {
                for (int i = 0; i < rows.Length; i++) rows[i] = random.NextInt32(items);
                tasks[task].Gather(rows, batch, labels.Span, task * ItemsPerTask);
            }

            Tensor code = Encoder.Forward(batch);
            var losses = new Tensor[tasks.Length];
            for (int task = 0; task < losses.Length; task++)
                losses[task] = Fused.SoftmaxCrossEntropy(Heads[task].Forward(code.Slice(0, task * ItemsPerTask, ItemsPerTask)), labels.Slice(0, task * ItemsPerTask, ItemsPerTask)).Mean();
            Tensor loss = losses.Aggregate((sum, next) => sum + next);
            tape.Backward([loss], [1.0], gradient, release: true);
            optimizer.Step(values.Span, gradient.Flat);
        }
    }

    /// <summary>AdamW on the encoder for one task, its head fixed.</summary>
    public static void FineTune(Mlp encoder, Linear head, LabelledImages images, int epochs, double rateFactor, RandomStream random, CancellationToken cancellation)
    {
        var layout = new ParameterLayout(encoder.NamedParameters().Select(entry => entry.Value.Value), []);
        Tensor values = layout.Pack(), weight = head.Weight.Value.Detach(), bias = head.Bias!.Value.Detach();
        var gradient = new TaskGradients(layout);
        var optimizer = new AdamW(FineTuningRate, weightDecay: WeightDecay);
        int[] order = new int[images.Count];
        using var tape = new Tape();
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            cancellation.ThrowIfCancellationRequested();
            random.FillPermutation(order);
            for (int first = 0; first < order.Length; first += BatchSize)
            {
                tape.Reset();
                ReadOnlySpan<int> rows = order.AsSpan(first, Math.Min(BatchSize, order.Length - first));
                Tensor batch = Tensor.Zeros(rows.Length, images.Features), labels = Tensor.Zeros(rows.Length);
                images.Gather(rows, batch, labels.Span);
                Tensor loss = Fused.SoftmaxCrossEntropy(Fused.Linear(encoder.Forward(batch), weight, bias), labels).Mean();
                tape.Backward([loss], [1.0], gradient, release: true);
                optimizer.Step(values.Span, gradient.Flat, rateFactor);
            }
        }
    }
}
