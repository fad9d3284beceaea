using Polymath.Boosting;
using Polymath.Data;

namespace Polymath.Reproductions.Rmtgb;

/// <summary>How good predictions are, by the two measures of the paper.</summary>
/// <param name="Primary">RMSE of numbers, accuracy of classes.</param>
/// <param name="Secondary">Mean absolute error of numbers, recall of classes averaged over the classes.</param>
internal readonly record struct BoostingScore(double Primary, double Secondary)
{
    /// <summary>Scores a model on rows.</summary>
    public static BoostingScore Of(BoostedModel model, BoostingData rows)
    {
        double[] predictions = model.Predict(rows.Features, rows.TaskOfRow);
        return rows.Targets[0].Kind == TargetKind.Regression ? Numbers(predictions, rows.Labels) : Classes(predictions, rows.Labels, model.Outputs);
    }

    private static BoostingScore Numbers(double[] predictions, float[] labels)
    {
        double squares = 0, distances = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            double distance = Math.Abs(predictions[row] - labels[row]);
            squares += distance * distance;
            distances += distance;
        }

        return new BoostingScore(Math.Sqrt(squares / labels.Length), distances / labels.Length);
    }

    // One output is the probability of class 1. Ties go to the first class; a class that is neither a label nor predicted does not count.
    private static BoostingScore Classes(double[] predictions, float[] labels, int outputs)
    {
        int classes = Math.Max(outputs, 2);
        int[] right = new int[classes], all = new int[classes], predicted = new int[classes];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> of = predictions.AsSpan(row * outputs, outputs);
            int best = outputs == 1 ? of[0] > 0.5 ? 1 : 0 : 0, label = (int)labels[row];
            for (int c = 1; c < of.Length; c++) if (of[c] > of[best]) best = c;
            predicted[best]++;
            all[label]++;
            if (best == label) right[label]++;
        }

        int[] counted = [.. Enumerable.Range(0, classes).Where(c => all[c] + predicted[c] > 0)];
        return new BoostingScore((double)right.Sum() / labels.Length, counted.Average(c => all[c] == 0 ? 0 : (double)right[c] / all[c]));
    }
}
