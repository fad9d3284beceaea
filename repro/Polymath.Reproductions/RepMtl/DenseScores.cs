using Polymath.Learning.Metrics;

namespace Polymath.Reproductions.RepMtl;

/// <summary>The metrics of the three tasks; those of tasks that a network lacks are NaN.</summary>
/// <param name="MeanIoU">Mean intersection over union of the classes, percent.</param>
/// <param name="PixelAccuracy">Percent.</param>
/// <param name="AbsoluteError">Of the depth, times 100.</param>
/// <param name="RelativeError">Of the depth, percent.</param>
/// <param name="MeanAngle">Of the normals, degrees.</param>
/// <param name="MedianAngle">Of the normals, degrees.</param>
internal sealed record DenseScores(double MeanIoU, double PixelAccuracy, double AbsoluteError, double RelativeError, double MeanAngle, double MedianAngle)
{
    /// <summary>Delta_p against single-task networks, percent.</summary>
    public double Gain(DenseScores single) => 100 * MultiTaskGain.Delta(
    [
        new TaskGain("segmentation", "mIoU", true, single.MeanIoU, MeanIoU),
        new TaskGain("segmentation", "accuracy", true, single.PixelAccuracy, PixelAccuracy),
        new TaskGain("depth", "absolute", false, single.AbsoluteError, AbsoluteError),
        new TaskGain("depth", "relative", false, single.RelativeError, RelativeError),
        new TaskGain("normals", "mean", false, single.MeanAngle, MeanAngle),
        new TaskGain("normals", "median", false, single.MedianAngle, MedianAngle),
    ]);
}
