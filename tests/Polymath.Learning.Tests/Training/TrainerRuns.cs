using Polymath.Learning.Training;

namespace Polymath.Tests;

internal static class TrainerRuns
{
    /// <summary>A fit that a cancelled test run stops.</summary>
    public static FitResult Run(this Trainer trainer, Dataset train, Dataset? validation = null)
        => trainer.Fit(train, validation, cancellation: TestContext.Current.CancellationToken);
}
