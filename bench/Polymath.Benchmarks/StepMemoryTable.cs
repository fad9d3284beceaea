using System.Diagnostics;
using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Benchmarks;

/// <summary>
/// Memory of activations and cotangents of a step, and its time: with everything kept, with values given back in the sweep, with segments
/// that are computed again, and with both.
/// </summary>
internal static class StepMemoryTable
{
    private const int WarmUp = 2, Rounds = 5;

    /// <summary>Arguments: threads (1).</summary>
    public static int Run(string[] arguments)
    {
        Workers.Configure(arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1);
        Console.WriteLine("step                                               way                  after forward    at most   ms");
        var deep = new MlpOptions { Hidden = [.. Enumerable.Repeat(512, 8)] };
        Report("MLP 128-512x8, batch 1024, K = 2", segment => Mlp(deep, segment ? 3 : 0));
        Report("the same with batch norm and dropout", segment => Mlp(deep with { BatchNorm = true, Dropout = 0.1f }, segment ? 1 : 0));
        Report("encoder block, width 256, length 128, batch 16", segment => Encoder(1, segment));
        Report("six encoder blocks", segment => Encoder(6, segment));
        return 0;
    }

    private static void Report(string step, Func<bool, (Func<Tensor[]> Losses, Tensor[] Parameters)> make)
    {
        foreach ((bool segment, bool release, string way) in (ReadOnlySpan<(bool, bool, string)>)[(false, false, "kept"), (false, true, "released"), (true, false, "recomputed"), (true, true, "recomputed, released")])
        {
            (Func<Tensor[]> losses, Tensor[] parameters) = make(segment);
            using var tape = new Tape();
            TaskGradients? rows = null;
            long start = BufferPool.BytesInUse, held = 0, most = 0;
            double[] times = new double[Rounds];
            for (int i = -WarmUp; i < Rounds; i++)
            {
                tape.Reset();
                BufferPool.ResetHighWaterMark();
                long from = Stopwatch.GetTimestamp();
                Tensor[] values = losses();
                held = BufferPool.BytesInUse - start;
                tape.Backward(values, rows ??= new TaskGradients(values.Length, new ParameterLayout(parameters, [])), release);
                most = BufferPool.HighWaterMark - start;
                if (i >= 0) times[i] = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            }

            Array.Sort(times);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step,-50} {way,-20} {held / 1e6,10:F1} MB {most / 1e6,7:F1} MB {times[Rounds / 2],7:F1}"));
        }
    }

    private static (Func<Tensor[]> Losses, Tensor[] Parameters) Mlp(MlpOptions options, int checkpoint)
    {
        var random = new RandomStream(1);
        var trunk = new Mlp(128, options with { Checkpoint = checkpoint }, random);
        Linear[] heads = [new Linear(512, 1, random), new Linear(512, 1, random)];
        Tensor x = Tensor.Normal(random, new Shape(1024, 128));
        return (Losses, [.. ((Module[])[trunk, .. heads]).SelectMany(part => part.NamedParameters()).Select(entry => entry.Value.Value)]);

        Tensor[] Losses()
        {
            Tensor z = trunk.Forward(x);
            return [heads[0].Forward(z).Pow(2f).Mean(), heads[1].Forward(z).Softplus().Mean()];
        }
    }

    private static (Func<Tensor[]> Losses, Tensor[] Parameters) Encoder(int blocks, bool segment)
    {
        const int Width = 256, Heads = 8, Length = 128, Batch = 16;
        var random = new RandomStream(1);
        Tensor x = Tensor.Normal(random, new Shape(Batch, Length, Width));
        var parts = new List<Module>();
        Func<Tensor, Tensor>[] stack = [.. Enumerable.Range(0, blocks).Select(_ => Block())];
        return (() => [stack.Aggregate(x, (h, block) => segment ? Tape.Checkpoint(block, h) : block(h)).Mean()], [.. parts.SelectMany(part => part.NamedParameters()).Select(entry => entry.Value.Value)]);

        Func<Tensor, Tensor> Block()
        {
            var attention = new MultiheadAttention(Width, Heads, random);
            (LayerNorm first, LayerNorm second) = (new LayerNorm(Width), new LayerNorm(Width));
            var mlp = new Mlp(Width, new MlpOptions { Hidden = [4 * Width], OutputSize = Width }, random);
            parts.AddRange([attention, first, second, mlp]);
            return input =>
            {
                Tensor h = first.Forward(input + attention.Forward(input));
                return second.Forward(h + mlp.Forward(h));
            };
        }
    }
}
