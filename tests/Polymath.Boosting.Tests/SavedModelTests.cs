using System.Reflection;
using System.Text;

namespace Polymath.Boosting.Tests;

/// <summary>Models come back from a file as they were, and a damaged file is refused in one sentence.</summary>
public sealed class SavedModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-boosting-").FullName;

    public static TheoryData<string, string> FormsAndEndings
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string form in RandomModels.Forms)
            {
                data.Add(form, ".json");
                data.Add(form, ".safetensors");
            }

            return data;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(FormsAndEndings))]
    public void A_model_comes_back_with_all_its_bits(string form, string ending)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            (BoostedModel model, FeatureMatrix rows, int[]? tasks) = RandomModels.Make(form, seed);
            string path = Path.Combine(_folder, "model" + ending), again = Path.Combine(_folder, "again" + ending);
            model.Save(path);
            var loaded = BoostedModel.Load(path);
            Assert.Equal(Bits(model.Scores(rows, tasks)), Bits(loaded.Scores(rows, tasks)));
            Assert.Equal(model.History, loaded.History);
            Assert.Equal(model.TaskWeights, loaded.TaskWeights);
            foreach ((Tree expected, Tree found) in Trees(model).Zip(Trees(loaded)))
            {
                Assert.Equal(Bits(expected.LeafValues), Bits(found.LeafValues));
                Assert.Equal(expected.LeafCovers, found.LeafCovers);
                Assert.Equal(expected.Splits.Count, found.Splits.Count);
                for (int i = 0; i < expected.Splits.Count; i++)
                {
                    TreeSplit one = expected.Splits[i], other = found.Splits[i];
                    Assert.Equal(BitConverter.SingleToInt32Bits(one.Threshold), BitConverter.SingleToInt32Bits(other.Threshold));
                    Assert.Equal((one.Feature, one.MissingLeft, one.Left, one.Right, one.Gain, one.Cover), (other.Feature, other.MissingLeft, other.Left, other.Right, other.Gain, other.Cover));
                    Assert.Equal(one.LeftCategories, other.LeftCategories);
                }
            }

            loaded.Save(again);
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
        }
    }

    [Fact]
    public void Every_option_comes_back()
    {
        (BoostedModel model, _, _) = RandomModels.Make("plain", 1);
        var changed = new BoostingOptions
        {
            SharedIterations = 3,
            RobustIterations = 0,
            TaskIterations = 4,
            TaskAsFeature = false,
            LearningRate = 1 / 3d,
            Loss = "squared",
            Initial = InitialPrediction.Zero,
            Learner = LearnerKind.Exact,
            Leaves = LeafRule.Mean,
            Growth = TreeGrowth.DepthWise,
            MaxLeaves = 7,
            MaxDepth = 5,
            L1 = 0.25,
            L2 = 0.1,
            MinChildWeight = 2.5,
            MinGain = 0.125,
            MaxBins = 63,
            RowSample = 0.7,
            ColumnSample = 0.9,
            CategorySmoothing = 3,
            Monotone = new Dictionary<string, int> { ["a"] = -1 },
            Theta = ThetaStep.Newton,
            ThetaDeviation = 0.2,
            Patience = 6,
            Seed = ulong.MaxValue,
        };
        string path = Path.Combine(_folder, "options.json");
        new BoostedModel(changed, model.Features, model.Targets, null, [.. model.Initial], [], [], [], [[]], [], []).Save(path);
        BoostingOptions loaded = BoostedModel.Load(path).Options, standard = new();
        Assert.Equal(changed.Monotone, loaded.Monotone);
        foreach (PropertyInfo property in typeof(BoostingOptions).GetProperties().Where(property => property.Name != nameof(BoostingOptions.Monotone)))
        {
            Assert.Equal(property.GetValue(changed), property.GetValue(loaded));
            if (property.Name is not (nameof(BoostingOptions.InitialTheta) or nameof(BoostingOptions.TaskAsFeature)))
                Assert.NotEqual(property.GetValue(standard), property.GetValue(changed));
        }
    }

    [Theory]
    [InlineData("\"format\": \"polymath-boosting\"", "\"format\": \"xgboost\"", "format: found \"xgboost\", expected \"polymath-boosting\"")]
    [InlineData("\"version\": 1", "\"version\": 2", "version: found 2, expected 1; the model was written by another release")]
    [InlineData("\"format\": \"polymath-boosting\",", "", "format is missing")]
    [InlineData("\"feature\": 0", "\"feature\": 6", "is on feature 6, expected one in [0, 6)")]
    [InlineData("\"feature\": 0", "\"feature\": -1", "is on feature -1, expected one in [0, 6)")]
    [InlineData("\"left\": 1,", "\"left\": 0,", "its children do not form a tree")]
    [InlineData("\"left\": 1,", "\"left\": 99999,", "its children do not form a tree")]
    [InlineData("\"left\": 1,", "\"left\": -2147483648,", "its children do not form a tree")]
    [InlineData("\"threshold\": 0", "\"threshold\": 1e39", "expected a finite number in single precision")]
    [InlineData("\"kind\": \"Regression\"", "\"kind\": \"Auto\"", "expected a settled kind")]
    [InlineData("\"learning_rate\": ", "\"learning_rate\": -", "LearningRate: found -")]
    [InlineData("\"categories\": 150", "\"categories\": 0", "expected a set for a category only")]
    [InlineData("\"leaves\": [\n", "\"leaves\": [ {\"cover\": 1, \"values\": [0]},\n", "leaves with")]
    public void A_contradiction_is_named(string found, string put, string message)
    {
        (BoostedModel model, _, _) = RandomModels.Make("plain", 3);
        string path = Path.Combine(_folder, "model.json");
        model.Save(path);
        string text = File.ReadAllText(path);
        int at = text.IndexOf(found, StringComparison.Ordinal);
        Assert.True(at >= 0, $"{found} is not in the file.");
        File.WriteAllText(path, string.Concat(text.AsSpan(0, at), put, text.AsSpan(at + found.Length)));
        BoostingException exception = Assert.Throws<BoostingException>(() => BoostedModel.Load(path));
        Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_saved_model_is_refused()
    {
        string missing = Path.Combine(_folder, "missing.json"), text = Path.Combine(_folder, "text.json"), other = Path.Combine(_folder, "other.safetensors");
        File.WriteAllText(text, "[]");
        new Tensors.Safetensors.SafetensorsWriter().Add("a", [1], [1f]).Save(other);
        Assert.Equal($"{missing}: no such file, expected a saved model.", Assert.Throws<BoostingException>(() => BoostedModel.Load(missing)).Message);
        Assert.Equal($"{text}: the file: found a list, expected an object.", Assert.Throws<BoostingException>(() => BoostedModel.Load(text)).Message);
        Assert.Equal($"{other}: is not a saved boosted model, found other tensors.", Assert.Throws<BoostingException>(() => BoostedModel.Load(other)).Message);
        Assert.Contains("to end in .safetensors or .json", Assert.Throws<BoostingException>(() => BoostedModel.Load("model.onnx")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be written", Assert.Throws<BoostingException>(() => RandomModels.Make("plain", 1).Model.Save(Path.Combine(_folder, "no", "folder.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_diverged_model_is_not_written()
    {
        (BoostedModel model, _, _) = RandomModels.Make("plain", 2);
        model.SharedTrees[0].LeafValues[0] = double.NaN;
        string path = Path.Combine(_folder, "model.json");
        Assert.Contains("shared tree 0: a leaf value is not finite", Assert.Throws<BoostingException>(() => model.Save(path)).Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Theory]
    [InlineData(".json")]
    [InlineData(".safetensors")]
    public void A_damaged_file_never_does_worse_than_an_error(string ending)
    {
        var random = new Random(5);
        string path = Path.Combine(_folder, "model" + ending);
        var originals = RandomModels.Forms.SelectMany(form => Enumerable.Range(0, 3).Select(seed =>
        {
            (BoostedModel model, FeatureMatrix rows, int[]? tasks) = RandomModels.Make(form, seed, rows: 20, mostLeaves: 6);
            model.Save(path);
            return (Model: model, Rows: rows, Tasks: tasks, File: File.ReadAllBytes(path));
        })).ToArray();
        int refused = 0;
        for (int trial = 0; trial < 3000; trial++)
        {
            (BoostedModel model, FeatureMatrix rows, int[]? tasks, byte[] file) = originals[trial % originals.Length];
            File.WriteAllBytes(path, Damage([.. file], random));
            try
            {
                var loaded = BoostedModel.Load(path);
                if (loaded.Features.SequenceEqual(model.Features)) loaded.Scores(rows, loaded.Tasks is null ? null : tasks?.Select(task => Math.Min(task, loaded.Tasks.Count - 1)).ToArray() ?? new int[rows.Rows]);
            }
            catch (BoostingException exception)
            {
                Assert.StartsWith(path, exception.Message, StringComparison.Ordinal);
                refused++;
            }
        }

        Assert.InRange(refused, 1000, 3000);
    }

    /// <summary>Cut off, bytes changed, a piece repeated or left out, or a digit put in place of another.</summary>
    private static byte[] Damage(byte[] file, Random random)
    {
        int from = random.Next(file.Length), length = Math.Min(random.Next(1, 40), file.Length - from);
        switch (random.Next(5))
        {
            case 0:
                return file[..from];
            case 1:
                for (int i = random.Next(1, 4); i > 0; i--) file[random.Next(file.Length)] = (byte)random.Next(256);
                return file;
            case 2:
                return [.. file[..from], .. file[from..(from + length)], .. file[from..]];
            case 3:
                return [.. file[..from], .. file[(from + length)..]];
            default:
                int at = file.AsSpan(from).IndexOfAnyInRange((byte)'0', (byte)'9');
                if (at >= 0) Encoding.ASCII.GetBytes(random.Next(10).ToString(System.Globalization.CultureInfo.InvariantCulture)).CopyTo(file, from + at);
                return file;
        }
    }

    private static IEnumerable<Tree> Trees(BoostedModel model) => [.. model.SharedTrees, .. model.OutlierTrees, .. model.NonOutlierTrees, .. model.TaskTrees.SelectMany(trees => trees)];

    private static long[] Bits(double[] values) => Array.ConvertAll(values, BitConverter.DoubleToInt64Bits);
}
