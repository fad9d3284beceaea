using System.Numerics.Tensors;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Learning.Training;

/// <summary>
/// Moves the shared parameters and those of one task uphill along that task's gradient, in place, and puts them back bit for bit:
/// e = rho g / (||g|| + 1e-12), or adaptively rho w^2 g / (||w g|| + 1e-12).
/// </summary>
internal sealed class StepUphill(ParameterBlock block, double rho, bool adaptive, bool separateNorms)
{
    private const double Smallest = 1e-12;

    private readonly float[] _saved = new float[block.Layout.Count];

    /// <summary>Bytes held.</summary>
    public long Bytes => sizeof(float) * (long)_saved.Length;

    /// <summary>Remembers where the parameters are.</summary>
    public void Save() => block.Values[.._saved.Length].CopyTo(_saved);

    /// <summary>Puts them back there.</summary>
    public void Restore() => _saved.CopyTo(block.Values);

    /// <summary>Moves the parameters from where they were saved.</summary>
    /// <param name="gradients">The gradients of the tasks present.</param>
    /// <param name="row">Whose gradient, and whose own parameters.</param>
    /// <returns>The norm of what was divided by it, over all that moved; nothing has moved when it is not finite.</returns>
    public double Move(TaskGradients gradients, int row)
    {
        int shared = block.Layout.SharedCount;
        double sharedNorm = Direction(gradients.Row(row), 0), squares = 0;
        for (int i = 0; i < gradients.OwnPartCount; i++)
        {
            OwnPart part = gradients.OwnPart(i);
            if (part.Task != row) continue;
            double norm = Direction(gradients.Own.Slice(part.Offset, part.Length), shared + part.Offset);
            squares += norm * norm;
        }

        double ownNorm = Math.Sqrt(squares), joint = Math.Sqrt((sharedNorm * sharedNorm) + squares);
        if (!double.IsFinite(joint))
        {
            Restore();
            return joint;
        }

        Move(gradients.Row(row), 0, separateNorms ? sharedNorm : joint);
        for (int i = 0; i < gradients.OwnPartCount; i++)
        {
            OwnPart part = gradients.OwnPart(i);
            if (part.Task == row) Move(gradients.Own.Slice(part.Offset, part.Length), shared + part.Offset, separateNorms ? ownNorm : joint);
        }

        return joint;
    }

    /// <summary>The norm of one part; adaptively, w g is left where w was.</summary>
    private double Direction(ReadOnlySpan<float> gradient, int offset)
    {
        if (!adaptive) return GradientClipping.Norm(gradient);
        Span<float> target = block.Values.Slice(offset, gradient.Length);
        TensorPrimitives.Multiply(_saved.AsSpan(offset, gradient.Length), gradient, target);
        return GradientClipping.Norm(target);
    }

    private void Move(ReadOnlySpan<float> gradient, int offset, double norm)
    {
        ReadOnlySpan<float> saved = _saved.AsSpan(offset, gradient.Length);
        Span<float> target = block.Values.Slice(offset, gradient.Length);
        float factor = (float)(rho / (norm + Smallest));
        if (adaptive)
        {
            TensorPrimitives.Multiply(target, saved, target);
            gradient = target;
        }

        TensorPrimitives.MultiplyAdd(gradient, factor, saved, target);
    }
}
