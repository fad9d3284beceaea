using System.Numerics.Tensors;

namespace Polymath.Tensors.Kernels;

// The operations themselves are those of System.Numerics.Tensors; each struct names one so that the loops are written once.
internal static unsafe partial class Elementwise
{
    private interface IUnaryOperation
    {
        static abstract void Apply(ReadOnlySpan<float> x, Span<float> y);
    }

    private interface IBinaryOperation
    {
        static abstract void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z);
    }

    private interface IScalarOperation
    {
        static abstract void Apply(ReadOnlySpan<float> x, float y, Span<float> z);
    }

    private struct AddOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Add(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Add(x, y, z);
    }

    private struct SubtractOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Subtract(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Subtract(x, y, z);
    }

    private struct MultiplyOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Multiply(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Multiply(x, y, z);
    }

    private struct DivideOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Divide(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Divide(x, y, z);
    }

    private struct MaxOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Max(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Max(x, y, z);
    }

    private struct MinOperation : IBinaryOperation, IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> z) => TensorPrimitives.Min(x, y, z);

        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Min(x, y, z);
    }

    private struct SubtractFromOperation : IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Subtract(y, x, z);
    }

    private struct DivideFromOperation : IScalarOperation
    {
        public static void Apply(ReadOnlySpan<float> x, float y, Span<float> z) => TensorPrimitives.Divide(y, x, z);
    }

    private struct NegateOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Negate(x, y);
    }

    private struct ExpOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y)
        {
            fixed (float* source = x, target = y) RowMath.Exp(source, target, x.Length);
        }
    }

    private struct LogOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Log(x, y);
    }

    private struct SqrtOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Sqrt(x, y);
    }

    private struct AbsOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Abs(x, y);
    }

    private struct TanhOperation : IUnaryOperation
    {
        public static void Apply(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Tanh(x, y);
    }
}
