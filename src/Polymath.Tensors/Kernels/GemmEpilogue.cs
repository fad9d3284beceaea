using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>What happens to a finished block of a product while it is still in the cache: c = f(c + bias), the bias one value per column.</summary>
internal readonly unsafe struct GemmEpilogue(float* bias, Activation activation)
{
    private readonly float* _bias = bias;
    private readonly Activation _activation = activation;

    /// <summary>Whether an activation can be applied here: its derivative must be computable from its value alone.</summary>
    public static bool Fuses(Activation activation) => activation is Activation.Identity or Activation.Relu or Activation.Sigmoid;

    /// <summary>True when there is nothing to do.</summary>
    public bool IsEmpty => _bias == null && _activation == Activation.Identity;

    /// <summary>Applies it to <paramref name="rows"/> x <paramref name="columns"/> values at <paramref name="c"/>, whose first column is <paramref name="column"/>.</summary>
    public void Apply(float* c, nint ldc, int rows, int column, int columns)
    {
        float* bias = _bias == null ? null : _bias + column;
        switch (_activation)
        {
            case Activation.Identity: Run<Nothing>(c, ldc, rows, columns, bias); break;
            case Activation.Relu: Run<ActivationFunction.Relu>(c, ldc, rows, columns, bias); break;
            case Activation.Sigmoid: Run<ActivationFunction.Sigmoid>(c, ldc, rows, columns, bias); break;
            default: throw new InvalidOperationException($"GemmEpilogue: {_activation} is not fused.");
        }
    }

    private static void Run<TFunction>(float* c, nint ldc, int rows, int columns, float* bias)
        where TFunction : struct, IActivation
    {
        int lanes = Vector<float>.Count;
        for (int i = 0; i < rows; i++)
        {
            float* row = c + (i * ldc);
            int j = 0;
            for (; j + lanes <= columns; j += lanes)
            {
                Vector<float> x = Vector.Load(row + j);
                if (bias != null) x += Vector.Load(bias + j);
                TFunction.Value(x).Store(row + j);
            }

            if (j == columns) continue;
            Vector<float> tail = VectorMath.LoadFirst(row + j, columns - j);
            if (bias != null) tail += VectorMath.LoadFirst(bias + j, columns - j);
            VectorMath.StoreFirst(TFunction.Value(tail), row + j, columns - j);
        }
    }

    private struct Nothing : IActivation
    {
        public static Vector<float> Value(Vector<float> x) => x;

        public static Vector<float> Backward(Vector<float> x, Vector<float> g) => g;
    }
}
