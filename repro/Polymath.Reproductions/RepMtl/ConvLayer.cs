using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>A convolution with bias and kernel 3: <c>weight</c> <c>[outputs, inputs, 3, 3]</c>, <c>bias</c> <c>[outputs]</c>.</summary>
internal sealed class ConvLayer : Module
{
    private const int Kernel = 3;
    private readonly Parameter _weight, _bias;
    private readonly int _stride;

    public ConvLayer(int inputs, int outputs, int stride, RandomStream random)
    {
        _stride = stride;
        _weight = Register("weight", Initializer.KaimingNormal().Create([outputs, inputs, Kernel, Kernel], inputs * Kernel * Kernel, outputs * Kernel * Kernel, random));
        _bias = Register("bias", Initializer.Zeros.Create([outputs], inputs, outputs, random));
    }

    public Tensor Forward(Tensor input) => Fused.Conv2d(input, _weight.Value, _bias.Value, _stride, padding: 1);
}
