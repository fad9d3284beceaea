using System.Text.Json;
using Polymath.Tests;

namespace Polymath.Boosting.Tests;

/// <summary>The paper's algorithm against recordings of the official code: every tree, theta after every step, every loss, every prediction.</summary>
public sealed class RobustMultiTaskGoldenTests
{
    private const string System = "r-mtgb";
    private const double Absolute = 1e-5, Relative = 1e-4, Threshold = 1e-6;

    public static TheoryData<string> Fits => SharedFiles.GoldenRows(System, "rmtgb_");

    public static TheoryData<string> Baselines => SharedFiles.GoldenRows(System, "baselines_");

    [Theory]
    [MemberData(nameof(Fits))]
    public void A_fit_repeats_the_official_one_tree_by_tree(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), config = inputs.TryGetProperty("config", out JsonElement inner) ? inner : golden.RootElement.GetProperty("config"), expected = golden.RootElement.GetProperty("expected");
        BoostingOptions options = BoostingOptions.RobustMultiTask(config.GetProperty("n_iter_1st").GetInt32(), config.GetProperty("n_iter_2nd").GetInt32(), config.GetProperty("n_iter_3rd").GetInt32()).Paper() with
        {
            LearningRate = config.GetProperty("learning_rate").GetDouble(),
            InitialTheta = Numbers(inputs.GetProperty("theta0")),
        };
        BoostedModel model = new MultiTaskBooster(options).Fit(Train(inputs), cancellation: TestContext.Current.CancellationToken);
        int shared = 0, robust = 0, ofTask = 0;
        foreach (JsonElement stage in expected.GetProperty("stages").EnumerateArray())
        {
            switch (stage.GetProperty("block").GetInt32())
            {
                case 1:
                    Same(stage.GetProperty("tree"), model.SharedTrees[shared++]);
                    break;
                case 2:
                    Same(stage.GetProperty("tree_outlier"), model.OutlierTrees[robust]);
                    Same(stage.GetProperty("tree_nonoutlier"), model.NonOutlierTrees[robust++]);
                    break;
                default:
                    for (int task = 0; task < model.Tasks!.Count; task++) Same(stage.GetProperty("trees_per_task")[task], model.TaskTrees[task][ofTask]);
                    ofTask++;
                    break;
            }
        }

        Assert.Equal((model.SharedTrees.Count, model.OutlierTrees.Count, model.TaskTrees[0].Count), (shared, robust, ofTask));
        Near(Numbers(expected.GetProperty("theta_final")), [.. model.Theta], "theta");
        Near(Numbers(expected.GetProperty("sigmoid_theta_final")), [.. model.TaskWeights.Values], "sigmoid(theta)");
        Near(Numbers(expected.GetProperty("train_loss_after_each_iter")), [.. model.History.Select(iteration => iteration.TrainingLoss)], "loss");
        (FeatureMatrix features, string[] tasks) = Test(inputs);
        Near([.. expected.GetProperty("raw_prediction_test").EnumerateArray().SelectMany(row => row.ValueKind == JsonValueKind.Array ? Numbers(row) : [row.GetDouble()])], model.Scores(features, model.Tasks!.Find(tasks)), "score");
    }

    [Theory]
    [MemberData(nameof(Fits))]
    public void Theta_after_every_iteration_is_that_of_a_shorter_fit(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs"), config = inputs.TryGetProperty("config", out JsonElement inner) ? inner : golden.RootElement.GetProperty("config");
        int done = 0;
        foreach (JsonElement stage in golden.RootElement.GetProperty("expected").GetProperty("stages").EnumerateArray())
        {
            if (stage.GetProperty("block").GetInt32() != 2) continue;
            BoostingOptions options = BoostingOptions.RobustMultiTask(config.GetProperty("n_iter_1st").GetInt32(), ++done, 0).Paper() with
            {
                LearningRate = config.GetProperty("learning_rate").GetDouble(),
                InitialTheta = Numbers(inputs.GetProperty("theta0")),
            };
            Near(Numbers(stage.GetProperty("theta_after")), [.. new MultiTaskBooster(options).Fit(Train(inputs), cancellation: TestContext.Current.CancellationToken).Theta], $"theta after {done}");
        }

        Assert.Equal(config.GetProperty("n_iter_2nd").GetInt32(), done);
    }

    [Theory]
    [MemberData(nameof(Baselines))]
    public void The_presets_repeat_the_official_baselines(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        BoostingData train = Train(inputs);
        (FeatureMatrix features, string[] tasks) = Test(inputs);
        int compared = 0;
        foreach (JsonProperty baseline in golden.RootElement.GetProperty("expected").EnumerateObject())
        {
            int[] iterations = [.. baseline.Value.GetProperty("config").EnumerateArray().Select(count => count.GetInt32())];
            BoostingOptions options = baseline.Name switch
            {
                "MTGB" => BoostingOptions.MultiTask(iterations[0], iterations[2]),
                "STGB" => BoostingOptions.SingleTask(iterations[2]),
                "POOL" => BoostingOptions.Pooled(iterations[2]),
                "TaF" => BoostingOptions.TaskFeature(iterations[2]),
                _ => throw new InvalidDataException($"{file}: unknown baseline {baseline.Name}"),
            };
            BoostedModel model = new MultiTaskBooster(options.Paper() with { LearningRate = 0.2 }).Fit(train, cancellation: TestContext.Current.CancellationToken);
            Near(Numbers(baseline.Value.GetProperty("prediction_test")), model.Predict(features, tasks), baseline.Name);
            compared++;
        }

        Assert.True(compared > 0);
    }

    private static BoostingData Train(JsonElement inputs)
    {
        string[] tasks = Labels(inputs.GetProperty("task"));
        float[] labels = [.. Numbers(inputs.GetProperty("y")).Select(label => (float)label)];
        FeatureMatrix features = Features(inputs.GetProperty("X"));
        bool classes = inputs.GetProperty("y").EnumerateArray().All(label => label.GetRawText().All(char.IsAsciiDigit));
        return classes ? BoostingData.Classification(features, labels, (int)labels.Max() + 1, tasks) : BoostingData.Regression(features, labels, tasks);
    }

    private static (FeatureMatrix Features, string[] Tasks) Test(JsonElement inputs) => (Features(inputs.GetProperty("X_test")), Labels(inputs.GetProperty("task_test")));

    private static FeatureMatrix Features(JsonElement rows) => new([.. rows.EnumerateArray().SelectMany(Numbers).Select(value => (float)value)], rows[0].GetArrayLength());

    private static string[] Labels(JsonElement labels) => [.. labels.EnumerateArray().Select(label => label.GetRawText().Trim('"'))];

    private static double[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(number => number.GetDouble())];

    private static void Same(JsonElement expected, Tree tree)
    {
        TreeSplit split = Assert.Single(tree.Splits);
        Assert.Equal(expected.GetProperty("feature").GetInt32(), split.Feature);
        Assert.Equal(expected.GetProperty("threshold").GetDouble(), split.Threshold, Threshold);
        Near(Numbers(expected.GetProperty("left")), tree.Values(~split.Left).ToArray(), "left leaf");
        Near(Numbers(expected.GetProperty("right")), tree.Values(~split.Right).ToArray(), "right leaf");
    }

    private static void Near(double[] expected, double[] found, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - found[i]) <= Absolute + (Relative * Math.Abs(expected[i])), $"{what} {i}: expected {expected[i]}, found {found[i]}");
    }
}
