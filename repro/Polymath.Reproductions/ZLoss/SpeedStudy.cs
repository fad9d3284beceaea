using System.Diagnostics;
using System.Globalization;
using Polymath.Learning.Losses;
using Polymath.Tensors;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Polymath.Reproductions.ZLoss;

/// <summary>Time of one step (loss, gradient to the hidden layer, update of the output matrix) at growing numbers of classes.</summary>
internal sealed class SpeedStudy
{
    private const int Hidden = 128, Examples = 64;
    private const float Rate = 0.01f;
    private const int LeastRepeats = 5, Passes = 2;

    /// <summary>Names of the layers, in the order of <see cref="Milliseconds"/>.</summary>
    public static readonly string[] Layers = ["softmax, all outputs", "Z-loss, all outputs", "Z-loss, factored"];

    /// <summary>D.</summary>
    public static readonly int[] Classes = [1_000, 3_000, 10_000, 30_000, 100_000];

    /// <summary>How often <see cref="Run"/> reports.</summary>
    public static int Reports => Passes * Classes.Length;

    /// <summary>The fastest of several steps, <c>[layer][D]</c>.</summary>
    public double[][] Milliseconds { get; } = [new double[Classes.Length], new double[Classes.Length], new double[Classes.Length]];

    /// <summary>Slopes of the lines through log time over log D.</summary>
    public double[] Slopes => [.. Milliseconds.Select(times => Slope([.. Classes.Select(count => (double)count)], times))];

    /// <summary>How many times faster the factored layer is than softmax at the largest D.</summary>
    public double Ratio => Milliseconds[0][^1] / Milliseconds[2][^1];

    /// <summary>Measures.</summary>
    /// <param name="secondsEach">Time to spend on one layer at one D, besides the first steps.</param>
    /// <param name="report">Told what comes next.</param>
    public void Run(double secondsEach, Action<string> report)
    {
        foreach (double[] times in Milliseconds) Array.Fill(times, double.PositiveInfinity);

        // The second pass meets compiled code at the small sizes too.
        for (int i = 0; i < Passes * Classes.Length; i++)
        {
            int n = i % Classes.Length;
            report(string.Create(CultureInfo.InvariantCulture, $"time per step, {Classes[n]} classes"));
            RandomStream root = new RandomStream((ulong)n).Derive("z-loss speed");
            float[] h = new float[Examples * Hidden], gradient = new float[h.Length];
            root.Derive("hidden").FillNormal(h);
            RandomStream draw = root.Derive("targets");
            int[] targets = [.. Enumerable.Range(0, Examples).Select(_ => draw.NextInt32(Classes[n]))];
            Tensor start = Tensor.Normal(root.Derive("weights"), new Shape(Classes[n], Hidden)).Keep();
            var layer = FactoredSphericalOutput.FromWeights(start, SphericalLoss.Z(), Rate);
            Milliseconds[2][n] = Math.Min(Milliseconds[2][n], Fastest(() => layer.ForwardBackwardUpdate(h, targets, gradient), secondsEach));
            Milliseconds[0][n] = Math.Min(Milliseconds[0][n], Fastest(() => Whole(start, h, targets, isSoftmax: true), secondsEach));
            Milliseconds[1][n] = Math.Min(Milliseconds[1][n], Fastest(() => Whole(start, h, targets, isSoftmax: false), secondsEach));
        }
    }

    /// <summary>Times and slopes.</summary>
    public ReportTable Table()
    {
        double[] slopes = Slopes;
        return new ReportTable(
            string.Create(CultureInfo.InvariantCulture, $"Milliseconds per step of {Examples} examples with {Hidden} hidden units (fastest of several), and slope of log time over log D"),
            ["layer", .. Classes.Select(count => string.Create(CultureInfo.InvariantCulture, $"D = {count}")), "slope"],
            [.. Layers.Select((name, layer) => (IReadOnlyList<ReportCell>)[name, .. Milliseconds[layer].Select(time => ReportCell.Number(time)), ReportCell.Number(slopes[layer])])]);
    }

    // The ordinary layer of the engine with plain SGD: every output, every gradient, every weight.
    private static void Whole(Tensor weights, float[] hidden, int[] targets, bool isSoftmax)
    {
        using var tape = new Tape();
        Tensor h = Tensor.FromArray(hidden, Examples, Hidden).WithGradient(), w = weights.WithGradient(), labels = Tensor.Zeros(Examples);
        for (int j = 0; j < Examples; j++) labels.Span[j] = targets[j];
        Tensor outputs = Fused.Linear(h, w), loss = (isSoftmax ? Fused.SoftmaxCrossEntropy(outputs, labels) : Fused.ZLoss(outputs, labels)).Sum();
        Tensor[] gradients = tape.Gradients([loss], [h, w]);
        TensorPrimitives.MultiplyAdd(gradients[1].Span, -Rate, weights.Span, weights.Span);
    }

    private static double Fastest(Action step, double seconds)
    {
        step();
        step();
        double best = double.PositiveInfinity;
        var all = Stopwatch.StartNew();
        for (int n = 0; n < LeastRepeats || all.Elapsed.TotalSeconds < seconds; n++)
        {
            var clock = Stopwatch.StartNew();
            step();
            best = Math.Min(best, clock.Elapsed.TotalMilliseconds);
        }

        return best;
    }

    /// <summary>The least-squares slope of log y over log x.</summary>
    internal static double Slope(double[] x, double[] y)
    {
        double[] u = [.. x.Select(value => Math.Log(value))], v = [.. y.Select(value => Math.Log(value))];
        double meanU = u.Average(), meanV = v.Average();
        return u.Zip(v, (a, b) => (a - meanU) * (b - meanV)).Sum() / u.Sum(a => (a - meanU) * (a - meanU));
    }
}
