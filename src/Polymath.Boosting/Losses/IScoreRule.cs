using System.Runtime.Intrinsics;

namespace Polymath.Boosting;

/// <summary>A loss of one score per row, for eight rows at a time. Labels are observed; <see cref="ScoreLoop"/> takes care of the others.</summary>
internal interface IScoreRule
{
    /// <summary>The loss.</summary>
    Vector512<double> Value(Vector512<double> scores, Vector512<double> labels);

    /// <summary>First and second derivative.</summary>
    Vector512<double> Slope(Vector512<double> scores, Vector512<double> labels, out Vector512<double> curvature);

    /// <summary>Scores to predictions.</summary>
    Vector512<double> Link(Vector512<double> scores);
}
