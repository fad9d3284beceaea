namespace Polymath.Merging.TaskVectors;

/// <summary>From the values that are trained to the coefficients that scale the task vectors: the identity, unless a derived class says otherwise.</summary>
internal class CoefficientMap
{
    /// <summary>How many values are trained for so many coefficients.</summary>
    public virtual int TrainedCount(int coefficients) => coefficients;

    /// <summary>c = f(a).</summary>
    public virtual void Forward(ReadOnlySpan<float> trained, Span<float> coefficients) => trained.CopyTo(coefficients);

    /// <summary>dL/da = J^T dL/dc.</summary>
    public virtual void Pullback(ReadOnlySpan<float> trained, ReadOnlySpan<float> coefficientGradient, Span<float> trainedGradient) => coefficientGradient.CopyTo(trainedGradient);

    /// <summary>Called after each step, to keep the trained values where they belong.</summary>
    public virtual void Project(Span<float> trained)
    {
    }
}
