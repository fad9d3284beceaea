using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>The gradient of <see cref="SphericalRows"/> times the cotangent of each task: g (slope (o - centre) + offset + share e_c).</summary>
internal unsafe struct SphericalRowsGradient : IRowKernel
{
    /// <summary>Outputs <c>[Rows, Classes]</c>, labels <c>[Rows]</c>, and what the forward kept.</summary>
    public float* X, Labels, Saved;

    /// <summary>Cotangents <c>[tasks, Rows]</c> and gradients <c>[tasks, Rows, Classes]</c>.</summary>
    public float* Gradient, Y;

    public int Rows, Classes;

    /// <inheritdoc/>
    public readonly void Row(int index)
    {
        int row = index % Rows, lanes = Vector<float>.Count, c = 0;
        float* x = X + ((nint)row * Classes), y = Y + ((nint)index * Classes), saved = Saved + ((nint)row * SphericalRows.Coefficients);
        if (float.IsNaN(Labels[row]))
        {
            new Span<float>(y, Classes).Clear();
            return;
        }

        float g = Gradient[index], slope = g * saved[0], centre = saved[1], offset = g * saved[2];
        Vector<float> slopes = new(slope), centres = new(centre), offsets = new(offset);
        for (; c + lanes <= Classes; c += lanes) VectorMath.Fma(Vector.Load(x + c) - centres, slopes, offsets).Store(y + c);
        for (; c < Classes; c++) y[c] = ((x[c] - centre) * slope) + offset;
        y[(int)Labels[row]] += g * saved[3];
    }
}
