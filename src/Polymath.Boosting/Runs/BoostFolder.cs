using Polymath.Data.Runs;
using Polymath.Learning.Reporting;

namespace Polymath.Boosting.Runs;

/// <summary>The files of a run of boosted trees and how they are read back.</summary>
/// <param name="Path">The folder.</param>
public sealed record BoostFolder(string Path) : RunFiles(Path)
{
    /// <summary>The finished fits of a search, one a line.</summary>
    public string Search => System.IO.Path.Combine(Path, "search.jsonl");

    /// <summary>Whether finished fits of a search can be used again.</summary>
    public override bool HasCheckpoint => Directory.Exists(Checkpoints) && SearchJournal.HasFits(Search);

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Results => [.. base.Results, Search];

    /// <summary>Whether a folder holds a run of boosted trees, finished or not.</summary>
    public static bool Is(string path) => new BoostFolder(path) is var folder && File.Exists(folder.Configuration) && SettingFile.KindOf(File.ReadAllText(folder.Configuration)) == BoostOptions.Kind;

    /// <summary>The settings of the run.</summary>
    /// <exception cref="RunException">Missing, damaged, or of another kind of run.</exception>
    public BoostSettings ReadSettings() => SettingFile.Read(BoostOptions.Table, ReadConfiguration(), Configuration, kind: BoostOptions.Kind);

    /// <summary>The report of a finished run.</summary>
    /// <exception cref="RunException">Damaged.</exception>
    public RunReport ReadReport()
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
}
