using System.Numerics;

namespace Polymath.Tensors.Kernels;

/// <summary>
/// Weighted sums over the vectors f_i1, ..., f_iE that lie side by side in row i, and their gradients. The gates have a distance between
/// rows of their own, so that the experts may be spread over several tensors.
/// </summary>
internal static unsafe class ExpertMixture
{
    private const int Grain = 8 * 1024;

    /// <summary>z_i (+)= sum over e of gate_ie f_ie, with z [rows, width].</summary>
    public static void Forward(float* f, int count, float* gate, int gateStride, int rows, int width, float* z, bool accumulate)
    {
        if (rows == 0 || width == 0) return;
        var body = new ForwardBody { F = f, Count = count, Gate = gate, GateStride = gateStride, Rows = rows, Width = width, Z = z, Accumulate = accumulate, Block = BlockOf(count, width) };
        Workers.For(1 + ((rows - 1) / body.Block), ref body);
    }

    /// <summary>
    /// For every task t: dgate[t, i, e] = g[t, i] . f[i, e] and df[t, i, e] = gate[i, e] g[t, i]; a null destination is not computed.
    /// </summary>
    public static void Backward(float* f, int count, float* gate, int gateStride, int tasks, int rows, int width, float* g, float* gateGradient, float* gradient)
    {
        if (rows == 0) return;
        var body = new BackwardBody
        {
            F = f,
            Count = count,
            Gate = gate,
            GateStride = gateStride,
            Rows = rows,
            All = tasks * rows,
            Width = width,
            G = g,
            GateGradient = gateGradient,
            Gradient = gradient,
            Block = BlockOf(count, width),
        };
        Workers.For(1 + ((body.All - 1) / body.Block), ref body);
    }

    private static int BlockOf(int experts, int width) => Math.Max(1, Grain / Math.Max(1, experts * width));

    private struct ForwardBody : IBody
    {
        public float* F, Gate, Z;
        public int Count, GateStride, Rows, Width, Block;
        public bool Accumulate;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Rows, (chunk + 1) * Block), lanes = Vector<float>.Count;
            for (int row = chunk * Block; row < last; row++)
            {
                float* gate = Gate + ((nint)row * GateStride), z = Z + ((nint)row * Width), f = F + ((nint)row * Count * Width);
                int j = 0;
                for (; j + (2 * lanes) <= Width; j += 2 * lanes)
                {
                    Vector<float> s0 = Accumulate ? Vector.Load(z + j) : default, s1 = Accumulate ? Vector.Load(z + j + lanes) : default;
                    for (int e = 0; e < Count; e++)
                    {
                        float* expert = f + (e * Width) + j;
                        var weight = new Vector<float>(gate[e]);
                        s0 = VectorMath.Fma(weight, Vector.Load(expert), s0);
                        s1 = VectorMath.Fma(weight, Vector.Load(expert + lanes), s1);
                    }

                    s0.Store(z + j);
                    s1.Store(z + j + lanes);
                }

                for (; j < Width; j++)
                {
                    float sum = Accumulate ? z[j] : 0f;
                    for (int e = 0; e < Count; e++) sum += gate[e] * f[(e * Width) + j];
                    z[j] = sum;
                }
            }
        }
    }

    private struct BackwardBody : IBody
    {
        public float* F, Gate, G, GateGradient, Gradient;
        public int Count, GateStride, Rows, All, Width, Block;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(All, (chunk + 1) * Block);
            nint experts = (nint)Count * Width;
            for (int i = chunk * Block; i < last; i++)
            {
                int row = i % Rows;
                float* gate = Gate + ((nint)row * GateStride), g = G + ((nint)i * Width);
                for (int e = 0; e < Count; e++)
                {
                    if (GateGradient != null) GateGradient[((nint)i * GateStride) + e] = GemmDirect.Dot(Width, g, F + (row * experts) + (e * Width));
                    if (Gradient != null) Scale(gate[e], g, Gradient + (i * experts) + (e * Width), Width);
                }
            }
        }

        private static void Scale(float weight, float* g, float* y, int width)
        {
            int j = 0, lanes = Vector<float>.Count;
            var factor = new Vector<float>(weight);
            for (; j + lanes <= width; j += lanes) (Vector.Load(g + j) * factor).Store(y + j);
            for (; j < width; j++) y[j] = g[j] * weight;
        }
    }
}
