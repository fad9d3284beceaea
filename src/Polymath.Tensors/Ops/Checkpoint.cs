namespace Polymath.Tensors.Ops;

/// <summary>
/// y = f(x), of which nothing but x is kept: f is run again when the cotangent of y arrives, and swept then (Chen et al., "Training Deep Nets
/// with Sublinear Memory Cost", 2016). Inputs are all values with a gradient that f reads; <see cref="Node.A"/> is the number of the segment.
/// </summary>
internal sealed class Checkpoint : Op
{
    public static readonly Checkpoint Rule = new();

    public override string Name => "Checkpoint";

    public override void Backward(in Vjp vjp)
    {
        if (vjp.CreateGraph) throw new TensorException("Checkpoint: found a sweep that is to be recorded (createGraph), expected one that is not; for second derivatives run the segment without a checkpoint.");
        vjp.Recompute();
    }
}
