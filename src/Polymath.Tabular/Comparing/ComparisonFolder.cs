using Polymath.Data.Runs;

namespace Polymath.Tabular.Comparing;

/// <summary>The files of a comparison.</summary>
/// <param name="Path">The folder.</param>
public sealed record ComparisonFolder(string Path) : RunFiles(Path)
{
    /// <summary>The finished trainings, one a line.</summary>
    public string Runs => System.IO.Path.Combine(Path, "results.jsonl");

    /// <summary>Whether finished trainings can be used again.</summary>
    public override bool HasCheckpoint => base.HasCheckpoint || Journal.HasPieces(Runs);

    /// <summary>Whether the folder holds a comparison, finished or not.</summary>
    public bool IsComparison => File.Exists(Configuration) && File.Exists(Runs) && SettingFile.KindOf(File.ReadAllText(Configuration)) == ComparisonOptions.Kind;

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Results => [.. base.Results, Runs];

    /// <summary>The settings of the comparison.</summary>
    /// <exception cref="RunException">Missing, damaged, or of another kind of run.</exception>
    public ComparisonSettings ReadSettings() => SettingFile.Read(ComparisonOptions.Table, ReadConfiguration(), Configuration, kind: ComparisonOptions.Kind);
}
