using System.Numerics;

namespace Polymath.Learning.Balancing;

/// <summary>The formula, on one register of values, of a rule that remembers something about every element of a task's gradient.</summary>
internal interface IRowRule
{
    /// <summary>Whether the sum of left times right is wanted.</summary>
    static abstract bool Sums { get; }

    /// <summary>Updates the memory. All zeros have to give left times right = 0.</summary>
    void Apply(Vector<float> gradient, ref Vector<float> memory, out Vector<float> left, out Vector<float> right);
}
