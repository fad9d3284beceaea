using Polymath.Merging.TaskVectors;

namespace Polymath.Reproductions.Merging;

/// <summary>A merged encoder, or one per task, measured.</summary>
/// <param name="Method">What it was merged by.</param>
/// <param name="Scale">The scale chosen on validation pictures, NaN where there is none to choose.</param>
/// <param name="Test">The accuracy on the test pictures of every task, in [0, 1].</param>
public sealed record MergedModel(string Method, double Scale, double[] Test)
{
    /// <summary>The encoder, null where there is one per task.</summary>
    public ModelState? Encoder { get; init; }

    /// <summary>The mean over tasks.</summary>
    public double Mean => Test.Average();
}
