using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tabular.Comparing;
using Polymath.Tabular.Runs;
using Polymath.Tabular.Tuning;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests;

public sealed class RunFolderTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void A_new_run_takes_a_new_or_empty_folder_only()
    {
        new RunFolder(_temporary.PathOf("a", "b")).Prepare(overwrite: false);
        Assert.True(Directory.Exists(_temporary.PathOf("a", "b", "checkpoint")));

        // What a process killed while preparing leaves is as good as empty.
        new RunFolder(_temporary.PathOf("a", "b")).Prepare(overwrite: false);
        File.WriteAllText(_temporary.PathOf("a", "b", ".config.yaml.0123.tmp"), "x");
        new RunFolder(_temporary.PathOf("a", "b")).Prepare(overwrite: false);

        string file = _temporary.Write("file", "x");
        Refused(file, false, "found a file");
        Directory.CreateDirectory(_temporary.PathOf("full"));
        File.WriteAllText(_temporary.PathOf("full", "thesis.txt"), "x");
        Refused(_temporary.PathOf("full"), false, "not empty");
        Refused(_temporary.PathOf("full"), true, "not a run");
        Assert.True(File.Exists(_temporary.PathOf("full", "thesis.txt")));
        Refused(Path.Combine(file, "below"), false, "found a file, expected a folder");
    }

    [Fact]
    public void Overwriting_removes_the_run_and_nothing_else()
    {
        var folder = new RunFolder(_temporary.PathOf("run"));
        folder.Prepare(overwrite: false);
        foreach (string path in (string[])[folder.Configuration, folder.Model, folder.Encoder, folder.Metrics, folder.Report, folder.ReportData, _temporary.PathOf("run", "mine.txt"), Path.Combine(folder.Checkpoints, "multi-task.safetensors")]) File.WriteAllText(path, "x");
        Assert.Throws<RunException>(() => folder.Prepare(overwrite: false));
        folder.Prepare(overwrite: true);
        Assert.Equal(["checkpoint", "mine.txt"], Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Checkpoints));
    }

    [Fact]
    public void Weights_that_do_not_belong_to_the_model_are_refused_by_name()
    {
        TabularModel model = TinyProblem.Create("mmoe", 2, batchNorm: true);
        string path = _temporary.PathOf("model.safetensors");
        Assert.Contains("missing", Assert.Throws<RunException>(() => RunFolder.LoadModel(model, path)).Message, StringComparison.Ordinal);

        RunFolder.SaveModel(model, path);
        TabularModel same = TinyProblem.Create("mmoe", 2, batchNorm: true, seed: 8);
        RunFolder.LoadModel(same, path);
        Assert.Equal(Values(model), Values(same));
        byte[] whole = File.ReadAllBytes(path);
        Refused(TinyProblem.Create("cgc", 2, batchNorm: true), "holds a 'mmoe' model");

        (string first, Parameter parameter) = model.NamedParameters().First();
        Write(name => name == first ? null : name);
        Refused(model, $"tensor '{first}' is missing");
        Write(name => name, extra: "extra.weight");
        Refused(model, "tensors, config.yaml makes");
        Write(name => name, reshape: first);
        Refused(model, $"tensor '{first}' has shape [{parameter.Shape.Length}], config.yaml makes it {parameter.Shape}");
        for (int length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 30))
        {
            File.WriteAllBytes(path, whole[..length]);
            Refused(model, path);
        }

        void Refused(TabularModel target, string part) => Assert.Contains(part, Assert.Throws<RunException>(() => RunFolder.LoadModel(target, path)).Message, StringComparison.Ordinal);

        void Write(Func<string, string?> keep, string? extra = null, string? reshape = null)
        {
            var writer = new SafetensorsWriter();
            IEnumerable<KeyValuePair<string, Tensor>> tensors = model.NamedParameters().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value)).Concat(model.NamedBuffers());
            foreach ((string name, Tensor tensor) in tensors)
            {
                if (keep(name) is { } kept) writer.Add(kept, kept == reshape ? [tensor.Shape.Length] : [.. tensor.Shape.Axis.ToArray().Select(axis => (long)axis)], tensor.Span);
            }

            if (extra is not null) writer.Add(extra, [1], [1f]);
            writer.Save(path);
        }
    }

    [Fact]
    public void Folders_that_are_no_runs_are_refused()
    {
        Assert.Contains("no such run folder", Assert.Throws<RunException>(() => TrainedRun.Load(_temporary.PathOf("none"))).Message, StringComparison.Ordinal);
        Assert.Contains("no config.yaml", Assert.Throws<RunException>(() => TrainedRun.Load(_temporary.Root)).Message, StringComparison.Ordinal);
        _temporary.Write("config.yaml", RunConfiguration.Write(new RunSettings { Data = "x.csv", Targets = ["y"] }));
        Assert.Contains("encoder is missing", Assert.Throws<RunException>(() => TrainedRun.Load(_temporary.Root)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_of_other_commands_say_where_their_models_are()
    {
        _temporary.Write("config.yaml", SettingFile.Write(ComparisonOptions.Table, new ComparisonSettings { Data = "x.csv", Targets = ["y"] }, ComparisonOptions.Kind));
        Assert.Contains("a comparison of polymath compare, which keeps no models", Load(), StringComparison.Ordinal);
        _temporary.Write("config.yaml", SettingFile.Write(TuningOptions.Table, new TuningSettings { Data = "x.csv", Targets = ["y"] }, TuningOptions.Kind));
        Assert.Contains($"polymath tune --resume {_temporary.Root} goes on with it", Load(), StringComparison.Ordinal);
        RunFolder best = new TuningFolder(_temporary.Root).Best;
        Directory.CreateDirectory(best.Path);
        foreach (string file in (string[])[best.Model, best.ReportData]) File.WriteAllText(file, string.Empty);
        Assert.EndsWith($"the trained model is in {best.Path}", Load(), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_of_an_earlier_training_without_a_kind_are_read()
    {
        string text = RunConfiguration.Write(new RunSettings { Data = "x.csv", Targets = ["y"], Epochs = 3 });
        Assert.StartsWith("kind: train\n", text, StringComparison.Ordinal);
        _temporary.Write("config.yaml", text["kind: train\n".Length..]);
        Assert.Equal(3, new RunFolder(_temporary.Root).ReadSettings().Epochs);
    }

    private string Load() => Assert.Throws<RunException>(() => TrainedRun.Load(_temporary.Root)).Message;

    private static float[] Values(TabularModel model) => [.. model.NamedParameters().SelectMany(entry => entry.Value.Value.ToArray()), .. model.NamedBuffers().SelectMany(entry => entry.Value.ToArray())];

    private static void Refused(string path, bool overwrite, string part)
        => Assert.Contains(part, Assert.Throws<RunException>(() => new RunFolder(path).Prepare(overwrite)).Message, StringComparison.Ordinal);
}
