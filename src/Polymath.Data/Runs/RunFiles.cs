using Polymath.Tensors;

namespace Polymath.Data.Runs;

/// <summary>The files that every kind of run has, and what may become of a folder that holds some already.</summary>
/// <param name="Path">The folder.</param>
public record RunFiles(string Path)
{
    /// <summary>The settings.</summary>
    public string Configuration => System.IO.Path.Combine(Path, "config.yaml");

    /// <summary>How raw tables become inputs.</summary>
    public string Encoder => System.IO.Path.Combine(Path, "encoder.json");

    /// <summary>The trained model.</summary>
    public string Model => System.IO.Path.Combine(Path, "model.safetensors");

    /// <summary>One line per epoch or iteration and one per final score.</summary>
    public string Metrics => System.IO.Path.Combine(Path, "metrics.jsonl");

    /// <summary>The page for people.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>The same for programs.</summary>
    public string ReportData => System.IO.Path.Combine(Path, "report.json");

    /// <summary>Where an unfinished run keeps its state; as long as it exists the run is not finished.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoint");

    /// <summary>Whether everything was written and nothing is left to continue.</summary>
    public bool IsFinished => !Directory.Exists(Checkpoints) && File.Exists(Model) && File.Exists(ReportData);

    /// <summary>Whether an unfinished run holds something worth continuing.</summary>
    public virtual bool HasCheckpoint => Directory.Exists(Checkpoints) && Directory.EnumerateFiles(Checkpoints, "*.safetensors").Any(path => !IsTemporary(path));

    /// <summary>The files that <see cref="Prepare"/> removes from an earlier run.</summary>
    protected virtual IReadOnlyList<string> Results => [Encoder, Model, Metrics, Report, ReportData];

    /// <summary>Makes the folder ready for a new run.</summary>
    /// <param name="overwrite">Empty it first if it holds an earlier run.</param>
    /// <exception cref="RunException">It exists and is not empty, holds something else than a run, or cannot be written.</exception>
    public void Prepare(bool overwrite)
    {
        try
        {
            if (AtomicFile.FileInTheWay(Path) is { } blocking) throw new RunException($"{blocking}: found a file, expected a folder or a new name.");
            if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any(entry => !IsLeftover(entry)))
            {
                if (!overwrite) throw new RunException($"{Path}: the folder is not empty; choose another --out, continue it with --resume, or replace it with --overwrite.");
                if (!File.Exists(Configuration)) throw new RunException($"{Path}: the folder holds no config.yaml, so it is not a run, and --overwrite leaves it alone.");
                foreach (string file in Results) File.Delete(file);
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

    /// <summary>The text of the settings.</summary>
    /// <exception cref="RunException">There is no such folder, or it is no run.</exception>
    public string ReadConfiguration()
    {
        if (!Directory.Exists(Path)) throw new RunException($"{Path}: no such run folder.");
        return File.Exists(Configuration) ? File.ReadAllText(Configuration) : throw new RunException($"{Path}: the folder holds no config.yaml, so it is not a run.");
    }

    /// <summary>The encoder of the run.</summary>
    /// <exception cref="RunException">It is missing: the run is not finished, or the folder is damaged.</exception>
    public TableEncoder ReadEncoder()
    {
        if (File.Exists(Encoder)) return TableEncoder.Load(Encoder);
        if (Directory.Exists(Checkpoints)) throw new RunException($"{Path}: the run is not finished; continue with polymath {SettingFile.KindOf(ReadConfiguration()) ?? SettingFile.TrainKind} --resume {Path}");
        throw new RunException($"{Encoder}: the encoder is missing, so the folder is damaged; repeat the run.");
    }

    /// <summary>Removes what a killed process left of the files it was writing, and the checkpoints, which a finished run does not need.</summary>
    public void Finish()
    {
        foreach (string file in Directory.EnumerateFiles(Path).Where(IsTemporary)) File.Delete(file);
        if (Directory.Exists(Checkpoints)) Directory.Delete(Checkpoints, recursive: true);
    }

    // A process killed while it prepared the folder leaves no more than this.
    private bool IsLeftover(string entry) => IsTemporary(entry)
        || (System.IO.Path.GetFileName(entry) == System.IO.Path.GetFileName(Checkpoints) && Directory.Exists(entry) && Directory.EnumerateFileSystemEntries(entry).All(IsTemporary));

    private static bool IsTemporary(string entry)
        => System.IO.Path.GetFileName(entry) is { } name && name.StartsWith('.') && name.EndsWith(".tmp", StringComparison.Ordinal) && File.Exists(entry);
}
