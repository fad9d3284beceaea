using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>Binary elementwise functions of two arrays with their own strides, 0 along a broadcast axis.</summary>
internal static unsafe class Broadcast
{
    private const int Grain = 16 * 1024;

    /// <summary>
    /// output[i] = f(a[i . stridesA], b[i . stridesB]) for every index i of <paramref name="shape"/>; the output is
    /// contiguous row-major. Any rank, 0 included.
    /// </summary>
    public static void Binary(
        BinaryKind kind, ReadOnlySpan<int> shape, float* a, ReadOnlySpan<int> stridesA, float* b, ReadOnlySpan<int> stridesB, float* output)
    {
        switch (kind)
        {
            case BinaryKind.Add: Run<BinaryFunction.Add>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Subtract: Run<BinaryFunction.Subtract>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Multiply: Run<BinaryFunction.Multiply>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Divide: Run<BinaryFunction.Divide>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Maximum: Run<BinaryFunction.Maximum>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Minimum: Run<BinaryFunction.Minimum>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Power: Run<BinaryFunction.Power>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Equal: Run<BinaryFunction.Equal>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Less: Run<BinaryFunction.Less>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.LessOrEqual: Run<BinaryFunction.LessOrEqual>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.Greater: Run<BinaryFunction.Greater>(shape, a, stridesA, b, stridesB, output); break;
            case BinaryKind.GreaterOrEqual: Run<BinaryFunction.GreaterOrEqual>(shape, a, stridesA, b, stridesB, output); break;
            default: throw new ArgumentOutOfRangeException(nameof(kind), kind, "The binary function is not one of BinaryKind.");
        }
    }

    private static void Run<TFunction>(
        ReadOnlySpan<int> shape, float* a, ReadOnlySpan<int> stridesA, float* b, ReadOnlySpan<int> stridesB, float* output)
        where TFunction : struct, IBinaryFunction
    {
        int capacity = Math.Max(1, shape.Length);
        int* sizes = stackalloc int[capacity], strideA = stackalloc int[capacity], strideB = stackalloc int[capacity];
        int rank = Collapse(shape, stridesA, stridesB, sizes, strideA, strideB);
        long length = 1;
        for (int d = 0; d < rank; d++) length *= sizes[d];
        if (length == 0) return;
        var body = new Body<TFunction> { A = a, B = b, Output = output, Sizes = sizes, StrideA = strideA, StrideB = strideB, Rank = rank, Length = length };
        Workers.For((int)((length + Grain - 1) / Grain), ref body);
    }

    // Drops axes of size 1 and merges neighbours that both operands step through evenly, so that the inner loop is as long as it can be.
    private static int Collapse(ReadOnlySpan<int> shape, ReadOnlySpan<int> stridesA, ReadOnlySpan<int> stridesB, int* sizes, int* strideA, int* strideB)
    {
        int rank = 0;
        for (int d = 0; d < shape.Length; d++)
        {
            if (shape[d] == 1) continue;
            if (rank > 0 && strideA[rank - 1] == stridesA[d] * shape[d] && strideB[rank - 1] == stridesB[d] * shape[d])
            {
                sizes[rank - 1] *= shape[d];
                strideA[rank - 1] = stridesA[d];
                strideB[rank - 1] = stridesB[d];
                continue;
            }

            sizes[rank] = shape[d];
            strideA[rank] = stridesA[d];
            strideB[rank] = stridesB[d];
            rank++;
        }

        if (rank > 0) return rank;
        sizes[0] = 1;
        strideA[0] = strideB[0] = 0;
        return 1;
    }

    private static void Inner<TFunction>(float* a, int strideA, float* b, int strideB, float* output, int count)
        where TFunction : struct, IBinaryFunction
    {
        int lanes = Vector<float>.Count, i = 0;
        switch (strideA, strideB)
        {
            case (1, 1):
                for (; i + lanes <= count; i += lanes) TFunction.Apply(Vector.Load(a + i), Vector.Load(b + i)).Store(output + i);
                break;
            case (1, 0):
                Vector<float> right = new(*b);
                for (; i + lanes <= count; i += lanes) TFunction.Apply(Vector.Load(a + i), right).Store(output + i);
                break;
            case (0, 1):
                Vector<float> left = new(*a);
                for (; i + lanes <= count; i += lanes) TFunction.Apply(left, Vector.Load(b + i)).Store(output + i);
                break;
        }

        for (; i < count; i++) output[i] = TFunction.Apply(a[(nint)i * strideA], b[(nint)i * strideB]);
    }

    private struct Body<TFunction> : IBody
        where TFunction : struct, IBinaryFunction
    {
        public float* A, B, Output;
        public int* Sizes, StrideA, StrideB;
        public int Rank;
        public long Length;

        public readonly void Run(int chunk)
        {
            long position = (long)chunk * Grain, end = Math.Min(position + Grain, Length);
            int inner = Rank - 1, width = Sizes[inner], column = (int)(position % width);
            int* index = stackalloc int[Rank];
            nint offsetA = 0, offsetB = 0;
            long rest = position / width;
            for (int d = inner - 1; d >= 0; d--)
            {
                index[d] = (int)(rest % Sizes[d]);
                rest /= Sizes[d];
                offsetA += (nint)index[d] * StrideA[d];
                offsetB += (nint)index[d] * StrideB[d];
            }

            while (true)
            {
                int count = (int)Math.Min(width - column, end - position);
                Inner<TFunction>(
                    A + offsetA + ((nint)column * StrideA[inner]), StrideA[inner], B + offsetB + ((nint)column * StrideB[inner]), StrideB[inner], Output + position, count);
                position += count;
                if (position >= end) return;
                column = 0;
                for (int d = inner - 1; d >= 0; d--)
                {
                    offsetA += StrideA[d];
                    offsetB += StrideB[d];
                    if (++index[d] < Sizes[d]) break;
                    index[d] = 0;
                    offsetA -= (nint)Sizes[d] * StrideA[d];
                    offsetB -= (nint)Sizes[d] * StrideB[d];
                }
            }
        }
    }
}
