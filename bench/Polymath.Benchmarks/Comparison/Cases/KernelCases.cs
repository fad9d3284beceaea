using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Element-wise operations and reductions on arrays that no cache holds, against the bandwidth of a loop with the same reads and writes.</summary>
internal static class KernelCases
{
    private const double Target = 0.80;
    private const int RowLength = 1024;
    private static readonly Shape s_flat = new(MemoryLoopWorkload.Length), s_rows = new(MemoryLoopWorkload.Length / RowLength, RowLength), s_row = new(RowLength);

    public static CaseGroup Group { get; } = new(
        "Element-wise operations and reductions",
        "Arrays of 128 MiB; softmax and layer norm over rows of 1024. Bytes are those an operation must read and write, held against a loop of ordinary loads and stores with the same mix (read, copy, or triad: two inputs and one output) that runs in the same rounds. `relu-gradient` is forward (read, write), the seed (write) and backward (two reads, a write).",
        [
            Kernel("add", 3, MemoryLoop.Triad, static (_, x) => x[0] + x[1], s_flat, s_flat),
            Kernel("multiply", 3, MemoryLoop.Triad, static (_, x) => x[0] * x[1], s_flat, s_flat),
            Kernel("relu", 2, MemoryLoop.Copy, static (_, x) => x[0].Relu(), s_flat),
            Kernel("relu-gradient", 6, MemoryLoop.Copy, static (tape, x) => Differentiate(tape, x[0].WithGradient()), s_flat),
            Kernel("exp", 2, MemoryLoop.Copy, static (_, x) => x[0].Exp(), s_flat),
            Kernel("sum", 1, MemoryLoop.Read, static (_, x) => x[0].Sum(), s_flat),
            Kernel("softmax", 2, MemoryLoop.Copy, static (_, x) => x[0].Softmax(), s_rows),
            Kernel("layer-norm", 2, MemoryLoop.Copy, static (_, x) => Fused.LayerNorm(x[0], x[1], x[2]), s_rows, s_row, s_row),
        ]);

    private static Tensor Differentiate(Tape tape, Tensor x) => tape.Gradient(x.Relu(), x);

    private static Case Kernel(string name, int words, MemoryLoop loop, Func<Tape, Tensor[], Tensor> operation, params Shape[] inputs) => new($"kernel/{name}", () => new TensorWorkload(inputs, operation))
    {
        Bytes = (double)words * sizeof(float) * MemoryLoopWorkload.Length,
        Loop = loop,
        Goals = [new Goal(Yardstick.Bandwidth, Target)],
    };
}
