using Polymath.Data;

namespace Polymath.Boosting.Tests;

/// <summary>Models of random trees and rows for them, in every form that there is; a seed makes the same ones again.</summary>
internal sealed class RandomModels
{
    private readonly Random _random;
    private readonly string _form;

    private RandomModels(string form, int seed) => (_form, _random) = (form, new Random(seed));

    public static string[] Forms => ["plain", "complete", "tasks", "task as feature", "task columns", "targets", "classes"];

    public static TheoryData<string> AllForms => [.. Forms];

    /// <summary>A model, rows for it, and their tasks.</summary>
    public static (BoostedModel Model, FeatureMatrix Rows, int[]? Tasks) Make(string form, int seed, int rows = 300, int mostLeaves = 40)
    {
        var maker = new RandomModels(form, seed);
        BoostedModel model = maker.Model(mostLeaves);
        return (model, maker.Rows(model, rows), model.Tasks is null ? null : [.. Enumerable.Range(0, rows).Select(_ => maker._random.Next(-1, model.Tasks.Count))]);
    }

    private bool Chance(double share) => _random.NextDouble() < share;

    private BoostedModel Model(int mostLeaves)
    {
        FeatureDescription[] features = _form is "complete" or "task columns"
            ? [.. Enumerable.Range(0, 9).Select(column => new FeatureDescription($"x{column}"))]
            : [new("a"), new("b", 3), new("c"), new("d", 150), new("e"), new("f", 64)];
        BoostingTarget[] targets = _form switch
        {
            "targets" => [new("y", TargetKind.Regression, []), new("c", TargetKind.Multiclass, ["u", "v", "w"]), new("z", TargetKind.Regression, [])],
            "classes" => [new("c", TargetKind.Multiclass, ["u", "v", "w", "x", "y"])],
            _ => [new("y", TargetKind.Regression, [])],
        };
        TaskIndex? tasks = _form is "plain" or "complete" or "targets" ? null : new TaskIndex(["s", "north", "south", "70"]);
        bool asFeature = _form is "task as feature" or "task columns", oneHot = _form == "task columns";
        BoostingOptions options = BoostingOptions.RobustMultiTask() with
        {
            TaskAsFeature = asFeature,
            Learner = oneHot ? LearnerKind.Exact : LearnerKind.Histogram,
            LearningRate = 0.1 + _random.NextDouble(),
            Loss = _form is "targets" or "classes" ? BoostingOptions.PaperLoss : string.Empty,
            Seed = ulong.MaxValue - (ulong)_random.Next(),
            Monotone = new Dictionary<string, int> { [features[0].Name] = 1 },
        };
        FeatureDescription[] shared = asFeature ? [.. features, .. TaskFeature.Columns(tasks!, oneHot)] : features;
        int outputs = new BoostingObjective(targets, options.Loss).Outputs;
        Tree[] Trees(FeatureDescription[] columns, int width) => [.. Enumerable.Range(0, _random.Next(1, 14)).Select(_ => Tree(columns, width, _random.Next(1, mostLeaves + 1)))];
        Tree[] first = Trees(shared, outputs), outlier = tasks is null ? [] : Trees(shared, outputs), nonOutlier = [.. outlier.Select(_ => Tree(shared, outputs, _random.Next(1, mostLeaves + 1)))];
        Tree[][] units = tasks is null
            ? [.. targets.Select(target => Trees(features, new BoostingObjective([target], options.Loss).Outputs))]
            : [.. tasks.Labels.Select(_ => Trees(features, outputs))];
        return new BoostedModel(options, features, targets, tasks, Doubles(outputs), first, outlier, nonOutlier, units, tasks is null ? [] : Doubles(tasks.Count), [new(BoostingBlock.Shared, 1, 0.5, double.NaN), new(BoostingBlock.Task, 1, 1 / 3d, 0.25)]);
    }

    private Tree Tree(FeatureDescription[] features, int outputs, int leaves)
    {
        var splits = new List<TreeSplit>();
        for (int leaf = 1; leaf < leaves; leaf++)
        {
            // A new split takes the place of a random leaf; some trees become chains.
            int at = Chance(0.3) ? leaf - 1 : _random.Next(leaf), parent = splits.FindIndex(split => split.Left == ~at || split.Right == ~at);
            if (parent >= 0) splits[parent] = splits[parent].Left == ~at ? splits[parent] with { Left = leaf - 1 } : splits[parent] with { Right = leaf - 1 };
            int feature = _random.Next(features.Length), ids = features[feature].Categories, words = Math.Max((ids + 63) / 64 - (Chance(0.3) && ids > 64 ? 1 : 0), 1);
            splits.Add(new TreeSplit(feature, ids > 0 ? 0 : Value(), Chance(0.5), ~at, ~leaf, _random.NextDouble(), _random.Next(1, 100)) { LeftCategories = ids == 0 ? null : [.. Enumerable.Range(0, words).Select(_ => (ulong)_random.NextInt64(long.MinValue, long.MaxValue))] });
        }

        return new Tree(outputs, [.. splits], Doubles(leaves * outputs), [.. Enumerable.Range(0, leaves).Select(_ => (double)_random.Next(100))]);
    }

    private FeatureMatrix Rows(BoostedModel model, int rows)
    {
        float[] values = new float[rows * model.Features.Count];
        for (int i = 0; i < values.Length; i++)
        {
            FeatureDescription feature = model.Features[i % model.Features.Count];
            values[i] = _form != "complete" && Chance(0.1) ? float.NaN : feature.IsCategorical ? _random.Next(feature.Categories) : Value();
        }

        return new FeatureMatrix(values, model.Features);
    }

    // Few distinct values, so that many lie exactly on a threshold, and both zeros.
    private float Value() => Chance(0.2) ? (Chance(0.5) ? 0f : -0f) : MathF.Round((float)((_random.NextDouble() * 4) - 2), 1);

    private double[] Doubles(int count) => [.. Enumerable.Range(0, count).Select(_ => (_random.NextDouble() * 2) - 1)];
}
