using System.Numerics;

namespace Polymath.Learning.Optimization;

/// <summary>The formula of an optimiser on one register of values.</summary>
internal interface IUpdateRule
{
    /// <summary>How many of the two memory arrays it uses.</summary>
    static abstract int Memories { get; }

    void Apply(ref Vector<float> parameter, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}
