using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

[Collection(KernelTests.Name)]
public sealed unsafe class ConvolutionTests
{
    [Fact]
    public void Forward_and_both_backwards_match_the_definition_on_random_shapes()
    {
        var random = new RandomStream(1);
        for (int trial = 0; trial < 120; trial++) Check(RandomShape(random), 1 + random.NextInt32(3), random);
        Check(new ConvolutionShape(0, 2, 5, 5, 3, 3, 3), 2, random);
        Check(new ConvolutionShape(2, 2, 2, 2, 3, 3, 3), 1, random);
        Check(new ConvolutionShape(3, 4, 1, 19, 6, 1, 5) { PaddingWidth = 2 }, 2, random);
        Check(new ConvolutionShape(2, 6, 5, 4, 4, 1, 1) { Groups = 2 }, 2, random);
    }

    [Fact]
    public void The_bits_do_not_depend_on_the_thread_count()
    {
        var random = new RandomStream(2);
        foreach (int batch in new[] { 1, 5, 19 })
        {
            var shape = new ConvolutionShape(batch, 8, 17, 13, 16, 3, 3) { PaddingHeight = 1, PaddingWidth = 1 };
            using var x = new Block(batch * shape.ImageLength, random);
            using var w = new Block(shape.WeightLength, random);
            using var g = new Block(batch * shape.OutputLength, random);
            using var y = new Block(batch * shape.OutputLength);
            using var dx = new Block(x.Length);
            using var dw = new Block(w.Length);
            Block.SameBitsAtAnyThreadCount(y, () => Convolution.Forward(x, w, null, y, shape));
            Block.SameBitsAtAnyThreadCount(dx, () => Convolution.BackwardInput(g, w, dx, shape));
            Block.SameBitsAtAnyThreadCount(dw, () => Convolution.BackwardWeight(x, g, dw, shape, 1, w.Length, accumulate: false));
        }
    }

    private static ConvolutionShape RandomShape(RandomStream random)
    {
        int groups = 1 + random.NextInt32(3);
        return new ConvolutionShape(
            1 + random.NextInt32(10), groups * (1 + random.NextInt32(3)), 1 + random.NextInt32(9), 1 + random.NextInt32(9), groups * (1 + random.NextInt32(3)), 1 + random.NextInt32(3), 1 + random.NextInt32(3))
        {
            Groups = groups,
            StrideHeight = 1 + random.NextInt32(3),
            StrideWidth = 1 + random.NextInt32(3),
            PaddingHeight = random.NextInt32(4),
            PaddingWidth = random.NextInt32(4),
            DilationHeight = 1 + random.NextInt32(2),
            DilationWidth = 1 + random.NextInt32(2),
        };
    }

    private static void Check(ConvolutionShape s, int tasks, RandomStream random)
    {
        using var x = new Block(s.Batch * s.ImageLength, random);
        using var w = new Block(s.WeightLength, random);
        using var bias = new Block(s.Outputs, random);
        using var g = new Block(tasks * s.Batch * s.OutputLength, random);
        using var y = new Block(s.Batch * s.OutputLength);
        using var dx = new Block(tasks * x.Length);
        using var dw = new Block(tasks * w.Length, random);
        double[] ey = new double[y.Length], edx = new double[dx.Length], edw = [.. dw.Span.ToArray().Select(v => (double)v)];
        int inputs = s.Inputs / s.Groups, outputs = s.Outputs / s.Groups, oh = s.OutputHeight, ow = s.OutputWidth;
        for (int i = 0; i < ey.Length; i++)
        {
            int c = i % ow, r = i / ow % oh, o = i / (ow * oh) % s.Outputs, n = i / s.OutputLength, group = o / outputs;
            ey[i] = bias[o];
            for (int q = 0; q < inputs * s.KernelHeight * s.KernelWidth; q++)
            {
                int kw = q % s.KernelWidth, kh = q / s.KernelWidth % s.KernelHeight, channel = (group * inputs) + (q / (s.KernelWidth * s.KernelHeight));
                int h = (r * s.StrideHeight) - s.PaddingHeight + (kh * s.DilationHeight), v = (c * s.StrideWidth) - s.PaddingWidth + (kw * s.DilationWidth);
                if (h < 0 || h >= s.Height || v < 0 || v >= s.Width) continue;
                int atX = (n * s.ImageLength) + (((channel * s.Height) + h) * s.Width) + v, atW = (o * s.PatchLength) + q;
                ey[i] += (double)x[atX] * w[atW];
                for (int k = 0; k < tasks; k++)
                {
                    double cotangent = g[(k * y.Length) + i];
                    edx[(k * x.Length) + atX] += cotangent * w[atW];
                    edw[(k * w.Length) + atW] += cotangent * x[atX];
                }
            }
        }

        Convolution.Forward(x, w, bias, y, s);
        Convolution.BackwardInput(g, w, dx, s with { Batch = tasks * s.Batch });
        Convolution.BackwardWeight(x, g, dw, s, tasks, w.Length, accumulate: true);
        for (int i = 0; i < ey.Length; i++) Assert.Equal(ey[i], y[i], 1e-4);
        for (int i = 0; i < edx.Length; i++) Assert.Equal(edx[i], dx[i], 1e-4);
        for (int i = 0; i < edw.Length; i++) Assert.Equal(edw[i], dw[i], 1e-3);
    }
}
