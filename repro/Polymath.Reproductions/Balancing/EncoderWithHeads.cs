using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Reproductions.Balancing;

/// <summary>
/// Hard sharing through a bottleneck: one encoder 20-64-ReLU-6-tanh for all tasks, and a head 6-32-ReLU-1 for each. Children:
/// <c>encoder</c>, <c>heads.0</c>, <c>heads.1</c>, ...
/// </summary>
internal sealed class EncoderWithHeads : MultiTaskModel
{
    private const int EncoderWidth = 64, Bottleneck = 6, HeadWidth = 32;
    private readonly Mlp _encoder;
    private readonly Mlp[] _heads;

    /// <summary>A model.</summary>
    /// <param name="features">Numeric inputs per row.</param>
    /// <param name="tasks">Regression tasks.</param>
    /// <param name="random">Where the initial values come from.</param>
    public EncoderWithHeads(int features, TaskSet tasks, RandomStream random)
        : base(tasks)
    {
        _encoder = Add("encoder", new Mlp(features, new MlpOptions { Hidden = [EncoderWidth], OutputSize = Bottleneck }, random));
        _heads = new Mlp[tasks.Count];
        for (int task = 0; task < _heads.Length; task++)
        {
            _heads[task] = Add(string.Create(CultureInfo.InvariantCulture, $"heads.{task}"), new Mlp(Bottleneck, new MlpOptions { Hidden = [HeadWidth], OutputSize = tasks[task].Outputs }, random));
        }
    }

    /// <inheritdoc/>
    public override void Forward(Batch batch, Span<Tensor> outputs)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Tensor code = _encoder.Forward(batch.Numeric).Apply(Activation.Tanh);
        for (int task = 0; task < _heads.Length; task++) outputs[task] = _heads[task].Forward(code);
    }
}
