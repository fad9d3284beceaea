using System.IO.Compression;

namespace Polymath.Benchmarks.Comparison;

/// <summary>A text table made from a shared data file: unpacked, and repeated until it is large enough to time.</summary>
/// <param name="Name">Name of the written file.</param>
/// <param name="Source">The shared file; null where it is not there.</param>
/// <param name="Repeats">How often its rows are written.</param>
/// <param name="Columns">Names of all columns.</param>
/// <param name="Categorical">Columns that are categories although they look like numbers.</param>
/// <param name="Dropped">Columns that are no inputs.</param>
/// <param name="Targets">Binary targets, column==value.</param>
internal sealed record TableFile(string Name, string? Source, int Repeats, IReadOnlyList<string> Columns, IReadOnlyList<string> Categorical, IReadOnlyList<string> Dropped, IReadOnlyList<string> Targets)
{
    public static TableFile Adult { get; } = new(
        "adult-x20.csv",
        Repository.SharedFile("data", "adult", "adult.data"),
        20,
        ["age", "workclass", "fnlwgt", "education", "education-num", "marital-status", "occupation", "relationship", "race", "sex", "capital-gain", "capital-loss", "hours-per-week", "native-country", "income"],
        [],
        ["relationship"],
        ["income==>50K", "marital-status==Never-married"]);

    public static TableFile Census { get; } = new(
        "census-income-kdd.csv",
        Repository.SharedFile("data", "census-income-kdd", "census-income.data.gz"),
        1,
        [
            "age", "class-of-worker", "industry-code", "occupation-code", "education", "wage-per-hour", "enrolled", "marital-status", "major-industry", "major-occupation", "race", "hispanic", "sex", "union",
            "unemployment-reason", "employment-status", "capital-gains", "capital-losses", "dividends", "tax-filer", "region-previous", "state-previous", "household-detail", "household-summary", "weight",
            "migration-msa", "migration-reg", "migration-within-reg", "same-house", "migration-sunbelt", "employers", "family-under-18", "country-father", "country-mother", "country-self", "citizenship",
            "own-business", "veteran-questionnaire", "veteran-benefits", "weeks-worked", "year", "income",
        ],
        ["industry-code", "occupation-code", "own-business", "veteran-benefits", "year"],
        ["weight"],
        ["income==50000+.", "marital-status==Never married"]);

    /// <summary>Path, columns, categories, columns left out and targets, as a peer is told; its words hold no blanks.</summary>
    public string Request => $"{FullPath} {string.Join(',', Columns)} {Words(Categorical)} {Words(Dropped)} {string.Join(' ', Targets.Select(target => target.Replace(' ', '_')))}";

    /// <summary>Where the file is written: in the folder for temporary files.</summary>
    public string FullPath => Path.Combine(Path.GetTempPath(), "polymath-bench", Name);

    /// <summary>Writes the file unless an earlier run did, and returns its path.</summary>
    public string Write()
    {
        if (File.Exists(FullPath)) return FullPath;
        Directory.CreateDirectory(Path.GetDirectoryName(FullPath)!);
        string unfinished = FullPath + ".part";
        using (FileStream target = File.Create(unfinished))
        {
            for (int i = 0; i < Repeats; i++)
            {
                using FileStream packed = File.OpenRead(Source!);
                using Stream source = Source!.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(packed, CompressionMode.Decompress) : packed;
                source.CopyTo(target);
            }
        }

        File.Move(unfinished, FullPath);
        return FullPath;
    }

    private static string Words(IReadOnlyList<string> names) => names.Count == 0 ? "-" : string.Join(',', names);
}
