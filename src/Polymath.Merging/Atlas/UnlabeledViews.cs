using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>Unlabelled inputs in two views, as adaptation at test time needs them: the plain one makes the targets, the distorted one is learned.</summary>
/// <param name="Name">The task.</param>
/// <param name="Rows">How many inputs there are, at least 1.</param>
/// <param name="Weak">Logits <c>[rows, classes]</c> of the inputs as they are evaluated.</param>
/// <param name="Strong">Logits of the inputs as they are augmented: cropped, flipped, noisy.</param>
public sealed record UnlabeledViews(string Name, int Rows, RowForward Weak, RowForward Strong)
{
    /// <summary>How good the network is as it stands, where labels exist to choose the epoch by; null to keep the last.</summary>
    public Func<double>? Score { get; init; }
}
