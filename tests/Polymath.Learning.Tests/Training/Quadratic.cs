using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>One regression task, x . w: with targets of zero the loss is a quadratic of w.</summary>
internal sealed class Quadratic : MultiTaskModel
{
    private readonly Linear _map;

    public Quadratic()
        : base(new TaskSet(Target.Regression("y")))
    {
        _map = Add("map", new Linear(Start.Length, 1, new RandomStream(1), bias: false));
        Start.CopyTo(_map.Weight.Value.Span);
    }

    public static float[] Start { get; } = [1f, -3f];

    public override void Forward(Batch batch, Span<Tensor> outputs) => outputs[0] = _map.Forward(batch.Numeric);
}
