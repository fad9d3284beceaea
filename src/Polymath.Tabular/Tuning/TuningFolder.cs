using Polymath.Data.Runs;
using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Tuning;

/// <summary>The files of a search for hyper-parameters.</summary>
/// <param name="Path">The folder.</param>
public sealed record TuningFolder(string Path) : RunFiles(Path)
{
    private const string BestName = "best";

    /// <summary>The finished trials, one a line.</summary>
    public string Trials => System.IO.Path.Combine(Path, "trials.jsonl");

    /// <summary>The settings of the best trial, for <c>polymath train</c>.</summary>
    public string BestSettings => System.IO.Path.Combine(Path, "best.yaml");

    /// <summary>The best trial, trained: a folder to predict with.</summary>
    public RunFolder Best => new(System.IO.Path.Combine(Path, BestName));

    /// <summary>Whether finished trials can be used again.</summary>
    public override bool HasCheckpoint => base.HasCheckpoint || Journal.HasPieces(Trials);

    /// <summary>Whether the folder holds a search, finished or not.</summary>
    public bool IsSearch => File.Exists(Configuration) && File.Exists(Trials) && SettingFile.KindOf(File.ReadAllText(Configuration)) == TuningOptions.Kind;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Results => [.. base.Results, Trials, BestSettings];

    /// <summary>The settings of the search.</summary>
    /// <exception cref="RunException">Missing, damaged, or of another kind of run.</exception>
    public TuningSettings ReadSettings() => SettingFile.Read(TuningOptions.Table, ReadConfiguration(), Configuration, kind: TuningOptions.Kind);
}
