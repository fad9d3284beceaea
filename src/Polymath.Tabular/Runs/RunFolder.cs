using Polymath.Data.Runs;
using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Tabular.Comparing;
using Polymath.Tabular.Tuning;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tabular.Runs;

/// <summary>The files of a run and how they are read back.</summary>
/// <param name="Path">The folder.</param>
public sealed record RunFolder(string Path) : RunFiles(Path)
{
    private const string ModelKey = "polymath.model", FormatKey = "format";

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
    /// <exception cref="RunException">Missing, damaged, or of another kind of run; it says where the models of that are.</exception>
    public RunSettings ReadSettings()
    {
        string text = ReadConfiguration();
        switch (SettingFile.KindOf(text))
        {
            case TuningOptions.Kind when new TuningFolder(Path).Best is { IsFinished: true } best:
                throw new RunException($"{Path}: holds a search of polymath tune, expected a run of polymath train; the trained model is in {best.Path}");
            case TuningOptions.Kind:
                throw new RunException($"{Path}: holds an unfinished search, expected a run of polymath train; polymath tune --resume {Path} goes on with it and leaves the trained model in {new TuningFolder(Path).Best.Path}");
            case ComparisonOptions.Kind:
                throw new RunException($"{Path}: holds a comparison of polymath compare, which keeps no models, expected a run of polymath train; train the model you want with that.");
            default:
                return RunConfiguration.Read(text, Configuration);
        }
    }

    /// <summary>The report of a finished run.</summary>
    /// <exception cref="RunException">Missing or damaged.</exception>
    public RunReport ReadReport()
    {
        if (!File.Exists(ReportData)) throw new RunException($"{Path}: holds no report.json, expected the folder of a finished run.");
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
