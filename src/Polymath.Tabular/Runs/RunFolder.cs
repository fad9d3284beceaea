using Polymath.Data;
using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tabular.Runs;

/// <summary>The files of a run and how they are read back.</summary>
/// <param name="Path">The folder.</param>
public sealed record RunFolder(string Path)
{
    private const string ModelKey = "polymath.model", FormatKey = "format";

    /// <summary>The settings.</summary>
    public string Configuration => System.IO.Path.Combine(Path, "config.yaml");

    /// <summary>How raw tables become inputs.</summary>
    public string Encoder => System.IO.Path.Combine(Path, "encoder.json");

    /// <summary>The trained weights.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>One line per epoch and one per final score.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The page for people.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>The same for programs.</summary>
    public string ReportData => System.IO.Path.Combine(Path, "report.json");

    /// <summary>Where an unfinished run keeps its state.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoint");

    /// <summary>Makes the folder ready for a new run, or for going on with an old one.</summary>
    /// <param name="overwrite">Empty it first if it holds an earlier run.</param>
    /// <exception cref="RunException">It exists and is not empty, holds something else than a run, or cannot be written.</exception>
    public void Prepare(bool overwrite)
    {
        try
        {
            if (File.Exists(Path)) throw new RunException($"{Path}: found a file, expected a folder or a new name.");
            if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any(entry => !IsLeftover(entry)))
            {
                if (!overwrite) throw new RunException($"{Path}: the folder is not empty; choose another --out, continue it with --resume, or replace it with --overwrite.");
                if (!File.Exists(Configuration)) throw new RunException($"{Path}: the folder holds no config.yaml, so it is not a run, and --overwrite leaves it alone.");
                foreach (string file in (string[])[Encoder, Model, Metrics, Report, ReportData]) File.Delete(file);
                if (Directory.Exists(Checkpoints)) Directory.Delete(Checkpoints, recursive: true);

                // Last, because a folder without it is no run, and could not be overwritten again.
                File.Delete(Configuration);
            }

            Directory.CreateDirectory(Checkpoints);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"{Path}: cannot be written ({exception.Message}).", exception);
        }
    }

    /// <summary>Writes the weights of a model.</summary>
    public static void SaveModel(TabularModel model, string path)
    {
        var writer = new SafetensorsWriter();
        writer.Metadata[FormatKey] = "pt";
        writer.Metadata[ModelKey] = model.Name;
        foreach ((string key, Parameter parameter) in model.NamedParameters()) writer.Add(key, Lengths(parameter.Shape), parameter.Value.Span);
        foreach ((string key, Tensor buffer) in model.NamedBuffers()) writer.Add(key, Lengths(buffer.Shape), buffer.Span);
        writer.Save(path);
    }

    /// <summary>Reads weights into a model built from the same settings.</summary>
    /// <exception cref="RunException">A tensor is missing, of another shape, or left over.</exception>
    public static void LoadModel(TabularModel model, string path)
    {
        if (!File.Exists(path)) throw new RunException($"{path}: the trained weights are missing; the run is not finished or the folder is not a run.");
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            if (file.Metadata.TryGetValue(ModelKey, out string? written) && written != model.Name) throw new RunException($"{path}: holds a '{written}' model, but config.yaml says '{model.Name}'.");
            int expected = 0;
            IEnumerable<KeyValuePair<string, Tensor>> tensors = model.NamedParameters().Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value)).Concat(model.NamedBuffers());
            foreach ((string key, Tensor tensor) in tensors)
            {
                if (!file.Contains(key)) throw new RunException($"{path}: tensor '{key}' is missing; the weights do not belong to this config.yaml.");
                string found = $"[{string.Join(", ", file[key].Shape)}]";
                if (found != tensor.Shape.ToString()) throw new RunException($"{path}: tensor '{key}' has shape {found}, config.yaml makes it {tensor.Shape}.");
                file.ReadFloat32(key, tensor.Span);
                expected++;
            }

            if (file.Names.Count != expected) throw new RunException($"{path}: holds {file.Names.Count} tensors, config.yaml makes {expected}.");
        }
        catch (SafetensorsException exception)
        {
            throw new RunException(exception.Message, exception);
        }
    }

    /// <summary>The settings of the run.</summary>
    /// <exception cref="RunException">Missing or damaged.</exception>
    public RunSettings ReadSettings()
    {
        if (!Directory.Exists(Path)) throw new RunException($"{Path}: no such run folder.");
        if (!File.Exists(Configuration)) throw new RunException($"{Path}: the folder holds no config.yaml, so it is not a run.");
        return RunConfiguration.Read(File.ReadAllText(Configuration), Configuration);
    }

    /// <summary>The encoder of the run.</summary>
    public TableEncoder ReadEncoder()
        => File.Exists(Encoder) ? TableEncoder.Load(Encoder) : throw new RunException($"{Encoder}: the encoder is missing; the run is not finished or the folder is damaged.");

    /// <summary>Whether everything was written and nothing is left to continue.</summary>
    internal bool IsFinished => !Directory.Exists(Checkpoints) && File.Exists(Model) && File.Exists(ReportData);

    /// <summary>Removes what a killed process left of the files it was writing, and the checkpoints, which a finished run does not need.</summary>
    internal void Finish()
    {
        foreach (string file in Directory.EnumerateFiles(Path).Where(IsTemporary)) File.Delete(file);
        if (Directory.Exists(Checkpoints)) Directory.Delete(Checkpoints, recursive: true);
    }

    // A process killed while it prepared the folder leaves no more than this.
    private bool IsLeftover(string entry) => IsTemporary(entry)
        || (System.IO.Path.GetFileName(entry) == System.IO.Path.GetFileName(Checkpoints) && Directory.Exists(entry) && Directory.EnumerateFileSystemEntries(entry).All(IsTemporary));

    private static bool IsTemporary(string entry)
        => System.IO.Path.GetFileName(entry) is { } name && name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal) && File.Exists(entry);

    /// <summary>The report of a finished run.</summary>
    /// <exception cref="RunException">Damaged.</exception>
    internal RunReport ReadReport()
    {
        try
        {
            return RunReport.FromJson(File.ReadAllText(ReportData));
        }
        catch (FormatException exception)
        {
            throw new RunException($"{ReportData}: damaged ({exception.Message.TrimEnd('.')}).", exception);
        }
    }

    private static long[] Lengths(Shape shape)
    {
        long[] lengths = new long[shape.Rank];
        for (int i = 0; i < lengths.Length; i++) lengths[i] = shape[i];
        return lengths;
    }
}
