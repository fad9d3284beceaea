namespace Polymath.Tensors.Kernels;

/// <summary>Elementwise kernels over long arrays, in chunks fixed by the length; the output may be an input.</summary>
internal static unsafe partial class Elementwise
{
    private const int Grain = 16 * 1024, LongGrain = 128 * 1024;

    /// <summary>z = x + y.</summary>
    public static void Add(float* x, float* y, float* z, int length) => Binary<AddOperation>(x, y, z, length);

    /// <summary>z = x + y with a scalar y.</summary>
    public static void Add(float* x, float y, float* z, int length) => WithScalar<AddOperation>(x, y, z, length);

    /// <summary>z = x - y.</summary>
    public static void Subtract(float* x, float* y, float* z, int length) => Binary<SubtractOperation>(x, y, z, length);

    /// <summary>z = x - y with a scalar y.</summary>
    public static void Subtract(float* x, float y, float* z, int length) => WithScalar<SubtractOperation>(x, y, z, length);

    /// <summary>z = x y.</summary>
    public static void Multiply(float* x, float* y, float* z, int length) => Binary<MultiplyOperation>(x, y, z, length);

    /// <summary>z = x y with a scalar y.</summary>
    public static void Multiply(float* x, float y, float* z, int length) => WithScalar<MultiplyOperation>(x, y, z, length);

    /// <summary>z = x / y.</summary>
    public static void Divide(float* x, float* y, float* z, int length) => Binary<DivideOperation>(x, y, z, length);

    /// <summary>z = x / y with a scalar y.</summary>
    public static void Divide(float* x, float y, float* z, int length) => WithScalar<DivideOperation>(x, y, z, length);

    /// <summary>z = max(x, y).</summary>
    public static void Max(float* x, float* y, float* z, int length) => Binary<MaxOperation>(x, y, z, length);

    /// <summary>z = max(x, y) with a scalar y.</summary>
    public static void Max(float* x, float y, float* z, int length) => WithScalar<MaxOperation>(x, y, z, length);

    /// <summary>z = min(x, y).</summary>
    public static void Min(float* x, float* y, float* z, int length) => Binary<MinOperation>(x, y, z, length);

    /// <summary>z = min(x, y) with a scalar y.</summary>
    public static void Min(float* x, float y, float* z, int length) => WithScalar<MinOperation>(x, y, z, length);

    /// <summary>z = x - y with a scalar x.</summary>
    public static void Subtract(float x, float* y, float* z, int length) => WithScalar<SubtractFromOperation>(y, x, z, length);

    /// <summary>z = x / y with a scalar x.</summary>
    public static void Divide(float x, float* y, float* z, int length) => WithScalar<DivideFromOperation>(y, x, z, length);

    /// <summary>y = -x.</summary>
    public static void Negate(float* x, float* y, int length) => Unary<NegateOperation>(x, y, length);

    /// <summary>y = e^x.</summary>
    public static void Exp(float* x, float* y, int length) => Unary<ExpOperation>(x, y, length);

    /// <summary>y = ln x.</summary>
    public static void Log(float* x, float* y, int length) => Unary<LogOperation>(x, y, length);

    /// <summary>y = square root of x.</summary>
    public static void Sqrt(float* x, float* y, int length) => Unary<SqrtOperation>(x, y, length);

    /// <summary>y = |x|.</summary>
    public static void Abs(float* x, float* y, int length) => Unary<AbsOperation>(x, y, length);

    /// <summary>y = tanh x.</summary>
    public static void Tanh(float* x, float* y, int length) => Unary<TanhOperation>(x, y, length);

    // Chunks of arrays that no cache holds are so long (over 256 KiB) that System.Numerics.Tensors writes them past the caches,
    // which saves the read of every line that is overwritten. The values do not depend on the chunks.
    private static int GrainOf(int length) => (long)length * sizeof(float) > CacheSizes.Level3 ? LongGrain : Grain;

    private static int Chunks(int length, int grain = Grain) => (int)(((long)length + grain - 1) / grain);

    private static void Unary<TOperation>(float* x, float* y, int length)
        where TOperation : struct, IUnaryOperation
    {
        var body = new UnaryBody<TOperation> { X = x, Y = y, Length = length, Chunk = GrainOf(length) };
        Workers.For(Chunks(length, body.Chunk), ref body);
    }

    private static void Binary<TOperation>(float* x, float* y, float* z, int length)
        where TOperation : struct, IBinaryOperation
    {
        var body = new BinaryBody<TOperation> { X = x, Y = y, Z = z, Length = length, Chunk = GrainOf(length) };
        Workers.For(Chunks(length, body.Chunk), ref body);
    }

    private static void WithScalar<TOperation>(float* x, float y, float* z, int length)
        where TOperation : struct, IScalarOperation
    {
        var body = new ScalarBody<TOperation> { X = x, Y = y, Z = z, Length = length, Chunk = GrainOf(length) };
        Workers.For(Chunks(length, body.Chunk), ref body);
    }

    private struct UnaryBody<TOperation> : IBody
        where TOperation : struct, IUnaryOperation
    {
        public float* X, Y;
        public int Length, Chunk;

        public readonly void Run(int chunk)
        {
            int start = chunk * Chunk, count = Math.Min(Chunk, Length - start);
            TOperation.Apply(new ReadOnlySpan<float>(X + start, count), new Span<float>(Y + start, count));
        }
    }

    private struct BinaryBody<TOperation> : IBody
        where TOperation : struct, IBinaryOperation
    {
        public float* X, Y, Z;
        public int Length, Chunk;

        public readonly void Run(int chunk)
        {
            int start = chunk * Chunk, count = Math.Min(Chunk, Length - start);
            TOperation.Apply(new ReadOnlySpan<float>(X + start, count), new ReadOnlySpan<float>(Y + start, count), new Span<float>(Z + start, count));
        }
    }

    private struct ScalarBody<TOperation> : IBody
        where TOperation : struct, IScalarOperation
    {
        public float* X, Z;
        public float Y;
        public int Length, Chunk;

        public readonly void Run(int chunk)
        {
            int start = chunk * Chunk, count = Math.Min(Chunk, Length - start);
            TOperation.Apply(new ReadOnlySpan<float>(X + start, count), Y, new Span<float>(Z + start, count));
        }
    }
}
