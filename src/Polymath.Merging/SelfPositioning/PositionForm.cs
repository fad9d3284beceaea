namespace Polymath.Merging;

/// <summary>Which points of the span of the task vectors are searched.</summary>
public enum PositionForm
{
    /// <summary>theta_0 + lambda sum_t softmax(a)_t tau_t: a convex combination, and a length that undoes the shrinking of averages.</summary>
    SoftmaxScale,

    /// <summary>theta_0 + sum_t c_t tau_t with any c.</summary>
    Free,
}
