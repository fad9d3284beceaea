using Polymath.Tensors;

namespace Polymath.Boosting;

/// <summary>
/// How much worse a model gets when a feature is shuffled among rows, and so tells nothing any more (Breiman 2001, "Random forests"). Use
/// rows that were not trained on. Features that say the same stand in for each other and look less important than they are.
/// </summary>
/// <example><code>
/// foreach (FeatureImportance feature in PermutationImportance.Of(model, test)) Console.WriteLine($"{feature.Feature} {feature.Value:0.000} +- {feature.Deviation:0.000}");
/// </code></example>
public static class PermutationImportance
{
    /// <summary>The rise of the mean loss, or of a metric, by feature.</summary>
    /// <param name="model">A model.</param>
    /// <param name="data">Rows with labels.</param>
    /// <param name="repeats">Shuffles of each feature. Range: 1 or more.</param>
    /// <param name="seed">Seed of the shuffles; those of a feature do not depend on the other features.</param>
    /// <param name="error">What to measure, from predictions <c>[rows, Outputs]</c> and the data; larger is worse. Null for the mean loss of the model.</param>
    /// <returns>By column, the mean rise over repeats.</returns>
    /// <exception cref="BoostingException">The data is not like that of training, or has no label.</exception>
    public static IReadOnlyList<FeatureImportance> Of(BoostedModel model, BoostingData data, int repeats = 5, ulong seed = 0, Func<double[], BoostingData, double>? error = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(repeats);
        if (!data.Labels.AsSpan().ContainsAnyExcept(float.NaN)) throw new BoostingException("there is no label to measure the importance of features by, expected at least one.");
        int[]? tasks = model.Tasks is null || data.Tasks is null ? null : model.Tasks.Find(data.TaskOfRow!.Select(task => data.Tasks.Labels[task]));
        double reference = Error(model, data, data.Features, tasks, error);
        float[] values = data.Features.Values.ToArray();
        int width = data.Features.Width;
        int[] order = new int[data.Rows];
        var importances = new FeatureImportance[width];
        for (int column = 0; column < width; column++)
        {
            RandomStream stream = new RandomStream(seed).Derive("permutation").Derive((ulong)column);
            double[] rises = new double[repeats];
            for (int repeat = 0; repeat < repeats; repeat++)
            {
                stream.FillPermutation(order);
                for (int row = 0; row < order.Length; row++) values[(row * width) + column] = data.Features.Row(order[row])[column];
                rises[repeat] = Error(model, data, new FeatureMatrix(values, data.Features.Features), tasks, error) - reference;
            }

            for (int row = 0; row < order.Length; row++) values[(row * width) + column] = data.Features.Row(row)[column];
            double mean = rises.Average();
            importances[column] = new FeatureImportance(data.Features.Features[column].Name, mean, Math.Sqrt(rises.Average(rise => (rise - mean) * (rise - mean))));
        }

        return importances;
    }

    private static double Error(BoostedModel model, BoostingData data, FeatureMatrix features, int[]? tasks, Func<double[], BoostingData, double>? error)
        => error is null ? model.Objective.Mean(model.Scores(features, tasks), data) : error(model.Predict(features, tasks), data);
}
