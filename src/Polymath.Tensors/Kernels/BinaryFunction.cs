using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>The functions behind <see cref="BinaryKind"/>, on registers and on single floats with the same result.</summary>
internal static class BinaryFunction
{
    internal struct Add : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => a + b;

        public static float Apply(float a, float b) => a + b;
    }

    internal struct Subtract : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => a - b;

        public static float Apply(float a, float b) => a - b;
    }

    internal struct Multiply : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => a * b;

        public static float Apply(float a, float b) => a * b;
    }

    internal struct Divide : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => a / b;

        public static float Apply(float a, float b) => a / b;
    }

    internal struct Maximum : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Vector.Max(a, b);

        public static float Apply(float a, float b) => MathF.Max(a, b);
    }

    internal struct Minimum : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Vector.Min(a, b);

        public static float Apply(float a, float b) => MathF.Min(a, b);
    }

    // Lane by lane: e^(b log a) on registers would lose negative bases and accuracy.
    internal struct Power : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b)
        {
            Vector<float> result = default;
            for (int i = 0; i < Vector<float>.Count; i++) result = result.WithElement(i, MathF.Pow(a[i], b[i]));
            return result;
        }

        public static float Apply(float a, float b) => MathF.Pow(a, b);
    }

    internal struct Equal : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Select(Vector.Equals(a, b));

        public static float Apply(float a, float b) => a == b ? 1f : 0f;
    }

    internal struct Less : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Select(Vector.LessThan(a, b));

        public static float Apply(float a, float b) => a < b ? 1f : 0f;
    }

    internal struct LessOrEqual : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Select(Vector.LessThanOrEqual(a, b));

        public static float Apply(float a, float b) => a <= b ? 1f : 0f;
    }

    internal struct Greater : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Select(Vector.GreaterThan(a, b));

        public static float Apply(float a, float b) => a > b ? 1f : 0f;
    }

    internal struct GreaterOrEqual : IBinaryFunction
    {
        public static Vector<float> Apply(Vector<float> a, Vector<float> b) => Select(Vector.GreaterThanOrEqual(a, b));

        public static float Apply(float a, float b) => a >= b ? 1f : 0f;
    }

    private static Vector<float> Select(Vector<int> mask) => Vector.ConditionalSelect(mask, Vector<float>.One, Vector<float>.Zero);
}
