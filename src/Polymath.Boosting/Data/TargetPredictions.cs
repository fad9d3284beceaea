using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>The predictions for one target out of those for all, in the form that metrics and tables take.</summary>
internal static class TargetPredictions
{
    /// <summary><c>[rows, classes]</c> for a multiclass target, else <c>[rows]</c>: a number, or the probability of class 1.</summary>
    /// <param name="model">The model.</param>
    /// <param name="predictions">What it predicted, <c>[rows, model outputs]</c>.</param>
    /// <param name="target">Position of the target.</param>
    public static float[] Of(BoostedModel model, ReadOnlySpan<double> predictions, int target)
    {
        int all = model.Outputs, rows = predictions.Length / all, offset = model.Objective.Offsets[target], width = model.Objective.Losses[target].Outputs;

        // Two scores for two classes: the second is that of class 1.
        if (model.Targets[target].Kind == TargetKind.Binary && width == 2) (offset, width) = (offset + 1, 1);
        float[] own = new float[rows * width];
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < width; k++) own[(row * width) + k] = (float)predictions[(row * all) + offset + k];
        }

        return own;
    }
}
