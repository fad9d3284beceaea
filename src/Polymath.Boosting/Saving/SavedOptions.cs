using System.Text.Json;

namespace Polymath.Boosting;

/// <summary>The options a model was fitted with, in a saved model. Every option is written, and a file that lacks one is refused; theta's start is not kept.</summary>
internal static class SavedOptions
{
    /// <summary>Writes an object.</summary>
    public static void Write(Utf8JsonWriter json, BoostingOptions options)
    {
        json.WriteStartObject();
        json.WriteNumber("shared_iterations", options.SharedIterations);
        json.WriteNumber("robust_iterations", options.RobustIterations);
        json.WriteNumber("task_iterations", options.TaskIterations);
        json.WriteBoolean("task_as_feature", options.TaskAsFeature);
        json.WriteNumber("learning_rate", options.LearningRate);
        json.WriteString("loss", options.Loss);
        json.WriteString("initial", options.Initial.ToString());
        json.WriteString("learner", options.Learner.ToString());
        json.WriteString("leaves", options.Leaves.ToString());
        json.WriteString("growth", options.Growth.ToString());
        json.WriteNumber("max_leaves", options.MaxLeaves);
        json.WriteNumber("max_depth", options.MaxDepth);
        json.WriteNumber("l1", options.L1);
        json.WriteNumber("l2", options.L2);
        json.WriteNumber("min_child_weight", options.MinChildWeight);
        json.WriteNumber("min_gain", options.MinGain);
        json.WriteNumber("max_bins", options.MaxBins);
        json.WriteNumber("row_sample", options.RowSample);
        json.WriteNumber("column_sample", options.ColumnSample);
        json.WriteNumber("category_smoothing", options.CategorySmoothing);
        json.WriteStartObject("monotone");
        foreach ((string feature, int direction) in options.Monotone.OrderBy(entry => entry.Key, StringComparer.Ordinal)) json.WriteNumber(feature, direction);
        json.WriteEndObject();
        json.WriteString("theta", options.Theta.ToString());
        json.WriteNumber("theta_deviation", options.ThetaDeviation);
        json.WriteNumber("patience", options.Patience);
        json.WriteNumber("seed", options.Seed);
        json.WriteEndObject();
    }

    /// <summary>Reads them back.</summary>
    /// <exception cref="BoostingException">An option is missing or out of range.</exception>
    public static BoostingOptions Read(SavedField saved)
    {
        var monotone = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string feature, SavedField direction) in saved["monotone"].Members()) monotone[feature] = direction.Integer();
        var options = new BoostingOptions
        {
            SharedIterations = saved["shared_iterations"].Integer(),
            RobustIterations = saved["robust_iterations"].Integer(),
            TaskIterations = saved["task_iterations"].Integer(),
            TaskAsFeature = saved["task_as_feature"].Flag(),
            LearningRate = saved["learning_rate"].Number(),
            Loss = saved["loss"].Text(),
            Initial = saved["initial"].Choice<InitialPrediction>(),
            Learner = saved["learner"].Choice<LearnerKind>(),
            Leaves = saved["leaves"].Choice<LeafRule>(),
            Growth = saved["growth"].Choice<TreeGrowth>(),
            MaxLeaves = saved["max_leaves"].Integer(),
            MaxDepth = saved["max_depth"].Integer(),
            L1 = saved["l1"].Number(),
            L2 = saved["l2"].Number(),
            MinChildWeight = saved["min_child_weight"].Number(),
            MinGain = saved["min_gain"].Number(),
            MaxBins = saved["max_bins"].Integer(),
            RowSample = saved["row_sample"].Number(),
            ColumnSample = saved["column_sample"].Number(),
            CategorySmoothing = saved["category_smoothing"].Number(),
            Monotone = monotone,
            Theta = saved["theta"].Choice<ThetaStep>(),
            ThetaDeviation = saved["theta_deviation"].Number(),
            Patience = saved["patience"].Integer(),
            Seed = saved["seed"].Unsigned(),
        };
        options.Validate();
        return options;
    }
}
