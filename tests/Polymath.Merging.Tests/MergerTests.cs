using System.Security.Cryptography;
using Polymath.Merging.Blending;
using Polymath.Merging.Execution;
using Polymath.Merging.Methods;
using Polymath.Merging.Planning;
using Polymath.Merging.Sources;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class MergerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-merger-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_files_hold_what_the_method_gives_rounded_once()
    {
        using MergePlan plan = Plan("ties", SafetensorsType.BF16);
        MergeResult result = Merger.Run(plan, new MergeOptions { Output = Out("merged"), ShardBytes = 200_000 }, cancellation: TestContext.Current.CancellationToken);
        Assert.True(result.Files.Count > 2);
        Assert.False(Directory.Exists(Out("merged") + Merger.PartialSuffix));
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            using SafetensorsFile file = SafetensorsFile.Open(result.Files.Select(written => Path.Combine(result.Output, written.Name)).First(path => Holds(path, tensor.Name)));
            if (tensor.Method is null)
            {
                byte[] copied = new byte[tensor.Bytes];
                tensor.Sources[0].Tensor.ReadBytes(0, copied);
                Assert.Equal(copied, file.Bytes(tensor.Name).ToArray());
                continue;
            }

            byte[] expected = new byte[tensor.Bytes];
            ElementWriting.ToBytes(tensor.Method.Merge(tensor.ToMerge(plan.Settings)), tensor.Type, expected);
            Assert.Equal(expected, file.Bytes(tensor.Name).ToArray());
        }

        string[] sums = File.ReadAllLines(Path.Combine(result.Output, Merger.ChecksumFile));
        Assert.Equal(result.Files.Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(result.Output, file.Name))))}  {file.Name}"), sums);
        Assert.Contains(result.Files[^1].Name, File.ReadAllText(Path.Combine(result.Output, "model.safetensors.index.json")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ties")]
    [InlineData("dare_linear")]
    public void The_bytes_are_the_same_at_any_number_of_threads(string method)
    {
        int before = Workers.Count;
        var sums = new HashSet<string>();
        try
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Configure(threads);
                using MergePlan plan = Plan(method, SafetensorsType.F32);
                sums.Add(Merger.Run(plan, new MergeOptions { Output = Out($"threads{threads}.safetensors") }, cancellation: TestContext.Current.CancellationToken).Files[0].Sha256);
            }
        }
        finally
        {
            Workers.Configure(before);
        }

        Assert.Single(sums);
    }

    [Fact]
    public void A_merge_that_was_stopped_continues_with_its_finished_files_and_gives_the_same_bytes()
    {
        using MergePlan plan = Plan("ties", SafetensorsType.BF16);
        var options = new MergeOptions { Output = Out("whole"), ShardBytes = 200_000 };
        MergeResult whole = Merger.Run(plan, options, cancellation: TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        options = options with { Output = Out("stopped") };
        Assert.Throws<OperationCanceledException>(() => Merger.Run(plan, options, at =>
        {
            if (2 * at.Done > at.Total) stop.Cancel();
        }, stop.Token));
        Assert.False(Directory.Exists(options.Output));
        MergeResult resumed = Merger.Run(plan, options, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(resumed.Files, file => file.Resumed);
        Assert.Contains(resumed.Files, file => !file.Resumed);
        Assert.Equal(whole.Files.Select(file => file.Sha256), resumed.Files.Select(file => file.Sha256));
    }

    [Fact]
    public void A_finished_file_that_was_damaged_is_made_again()
    {
        using MergePlan plan = Plan("linear", SafetensorsType.F32);
        var options = new MergeOptions { Output = Out("damaged"), ShardBytes = 200_000 };
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Merger.Run(plan, options, at =>
        {
            if (2 * at.Done > at.Total) stop.Cancel();
        }, stop.Token));
        string first = Path.Combine(Out("damaged") + Merger.PartialSuffix, Directory.GetFiles(Out("damaged") + Merger.PartialSuffix, "*00001-of*").Select(path => Path.GetFileName(path)).Single());
        byte[] bytes = File.ReadAllBytes(first);
        bytes[^1] ^= 1;
        File.WriteAllBytes(first, bytes);
        MergeResult result = Merger.Run(plan, options, cancellation: TestContext.Current.CancellationToken);
        Assert.False(result.Files[0].Resumed);
        bytes[^1] ^= 1;
        Assert.Equal(bytes, File.ReadAllBytes(Path.Combine(result.Output, result.Files[0].Name)));
    }

    [Fact]
    public void Another_merge_does_not_use_the_files_of_this_one()
    {
        using (MergePlan ties = Plan("ties", SafetensorsType.F32))
        {
            using var stop = new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => Merger.Run(ties, new MergeOptions { Output = Out("other"), ShardBytes = 200_000 }, at =>
            {
                if (2 * at.Done > at.Total) stop.Cancel();
            }, stop.Token));
        }

        using MergePlan linear = Plan("linear", SafetensorsType.F32);
        MergeResult result = Merger.Run(linear, new MergeOptions { Output = Out("other"), ShardBytes = 200_000 }, cancellation: TestContext.Current.CancellationToken);
        Assert.All(result.Files, file => Assert.False(file.Resumed));
    }

    [Fact]
    public void An_existing_output_is_only_replaced_when_allowed()
    {
        using MergePlan plan = Plan("linear", SafetensorsType.F32);
        var options = new MergeOptions { Output = Out("twice") };
        Merger.Run(plan, options, cancellation: TestContext.Current.CancellationToken);
        File.WriteAllText(Path.Combine(options.Output, "old.txt"), "old");
        Assert.Contains("exists already", Assert.Throws<MergeException>(() => Merger.Run(plan, options, cancellation: TestContext.Current.CancellationToken)).Message, StringComparison.Ordinal);
        Merger.Run(plan, options with { Overwrite = true }, cancellation: TestContext.Current.CancellationToken);
        Assert.False(File.Exists(Path.Combine(options.Output, "old.txt")));
        Assert.Equal(["twice"], Directory.GetDirectories(_folder).Select(path => Path.GetFileName(path)).Where(name => name.StartsWith("twice", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_folder_of_somebody_else_beside_the_output_is_left_alone()
    {
        using MergePlan plan = Plan("linear", SafetensorsType.F32);
        string foreign = Out("mine") + Merger.PartialSuffix;
        Directory.CreateDirectory(foreign);
        File.WriteAllText(Path.Combine(foreign, "thesis.txt"), "years");
        MergeException error = Assert.Throws<MergeException>(() => Merger.Run(plan, new MergeOptions { Output = Out("mine") }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("not the work folder of a merge", error.Message, StringComparison.Ordinal);
        Assert.Equal("years", File.ReadAllText(Path.Combine(foreign, "thesis.txt")));
    }

    [Fact]
    public void Draws_of_a_model_do_not_depend_on_the_other_models()
    {
        float[] alone = new float[100], later = new float[60];
        new RandomDraws(3).Fill("w", "a", 0, alone);
        new RandomDraws(3).Fill("w", "a", 40, later);
        Assert.Equal(alone[40..], later);
        float[] other = new float[100];
        new RandomDraws(3).Fill("w", "b", 0, other);
        Assert.NotEqual(alone, other);
    }

    [Fact]
    public void Values_that_are_not_finite_are_traced_to_their_model()
    {
        using MergePlan plan = Plan("linear", SafetensorsType.F32, poison: true);
        MergeResult result = Merger.Run(plan, new MergeOptions { Output = Out("nan") }, cancellation: TestContext.Current.CancellationToken);
        Assert.Contains(result.Warnings, warning => warning.Contains("model 'm1' holds NaN at element 7", StringComparison.Ordinal));
        MergeException error = Assert.Throws<MergeException>(() => Merger.Run(plan, new MergeOptions { Output = Out("refused"), RefuseNonFinite = true }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("model 'm1'", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder, "refused*"));
    }

    [Fact]
    public void A_tensor_larger_than_the_allowed_memory_is_refused_by_a_method_that_needs_it_whole()
    {
        using MergePlan plan = Plan("della_linear", SafetensorsType.F32);
        MergeException error = Assert.Throws<MergeException>(() => Merger.Run(plan, new MergeOptions { Output = Out("small"), MemoryBytes = 100_000 }, cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("at once", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder, "small*"));
    }

    private string Out(string name) => Path.Combine(_folder, name);

    private static bool Holds(string path, string tensor)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return file.Contains(tensor);
    }

    // A base and two models of three layers with a tensor of more than one block, a small one and an integer one each.
    private MergePlan Plan(string methodName, SafetensorsType type, bool poison = false)
    {
        MergeMethod method = MergeMethods.Find(methodName);
        (string Name, long[] Shape)[] shapes = [.. Enumerable.Range(0, 3).SelectMany(layer => ((string, long[])[])[($"layers.{layer}.weight", [300, 257]), ($"layers.{layer}.norm", [257])])];
        string[] models = method.Base == BaseModelUse.Required ? ["base", "m1", "m2"] : ["m1", "m2"];
        var files = new Dictionary<string, SafetensorsFile>();
        foreach (string model in models)
        {
            string path = Path.Combine(_folder, $"{model}{(poison ? "-nan" : string.Empty)}.safetensors");
            if (!File.Exists(path))
            {
                var writer = new SafetensorsWriter();
                foreach ((string name, long[] shape) in shapes)
                {
                    float[] values = new float[shape.Aggregate(1L, (product, axis) => product * axis)];
                    new RandomStream(1).Derive($"{model}{name}").FillNormal(values);
                    if (poison && model == "m1" && name == "layers.1.norm") values[7] = float.NaN;
                    writer.Add(name, shape, values, SafetensorsType.BF16);
                }

                writer.Add("position_ids", [3], new long[] { 1, 2, 3 });
                writer.Save(path);
            }

            files[model] = SafetensorsFile.Open(path);
        }

        ParameterSet Parameters(bool theta0) => ParameterSet.Resolve(method.ModelParameters, new Dictionary<string, object?> { ["weight"] = 0.5, ["density"] = 0.6 }, "test", theta0);
        MergeSource[] Sources(string name) => [.. models.Select(model => new MergeSource(model, new StoredTensor(files[model], name), model == "base", Parameters(model == "base")))];
        ParameterSet global = ParameterSet.Resolve(method.Parameters, new Dictionary<string, object?>(), "test");
        List<PlannedTensor> tensors = [.. shapes.Select(shape => new PlannedTensor(shape.Name, type, shape.Shape, method, Sources(shape.Name), global, IsEmbedding: false))];
        tensors.Add(new PlannedTensor("position_ids", SafetensorsType.I64, [3], null, Sources("position_ids"), ParameterSet.Empty, IsEmbedding: false));
        return new MergePlan(tensors, MergeSettings.Default, [.. files.Values]) { Inputs = [.. files.Values.Select(file => file.Path)], Configuration = methodName };
    }
}
