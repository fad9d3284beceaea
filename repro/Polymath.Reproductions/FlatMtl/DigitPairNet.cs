using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Reproductions.FlatMtl;

/// <summary>144-128-tanh-128-tanh, and a linear head of ten classes per task. Children: <c>encoder</c>, <c>heads.0</c>, <c>heads.1</c>.</summary>
internal sealed class DigitPairNet : MultiTaskModel
{
    private const int Width = 128;
    private readonly Mlp _encoder;
    private readonly Linear[] _heads;

    /// <summary>A model with new weights.</summary>
    /// <param name="random">Where they come from.</param>
    public DigitPairNet(RandomStream random)
        : base(DigitPairs.Tasks)
    {
        _encoder = Add("encoder", new Mlp(DigitPairs.Features, new MlpOptions { Hidden = [Width, Width], Activation = Activation.Tanh }, random));
        _heads = new Linear[Tasks.Count];
        for (int task = 0; task < _heads.Length; task++) _heads[task] = Add(string.Create(CultureInfo.InvariantCulture, $"heads.{task}"), new Linear(Width, Tasks[task].Outputs, random));
    }

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor features = _encoder.Forward(batch.Numeric);
        for (int task = 0; task < _heads.Length; task++) outputs[task] = _heads[task].Forward(features);
    }
}
