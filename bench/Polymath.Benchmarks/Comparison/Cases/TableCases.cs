namespace Polymath.Benchmarks.Comparison;

/// <summary>Reading and encoding text tables against pandas.</summary>
internal static class TableCases
{
    public static CaseGroup Group { get; } = new(
        "Text tables",
        "From the unpacked text file to arrays of numbers, category ids and labels: `Table.ReadCsv` and `TableEncoder` against `pandas.read_csv` and the same encoding. Adult is written 20 times over.",
        [Table("census-income-kdd", TableFile.Census), Table("adult-x20", TableFile.Adult)]);

    private static Case Table(string name, TableFile file) => new($"csv/{name}", () => new TableWorkload(file))
    {
        Peer = $"table {file.Request}",
        UsesBlas = false,
        Goals = [new Goal(Yardstick.OtherPeer, 1)],
        Unavailable = file.Source is null ? "its data file is not there; set POLYMATH_SHARED to the folder that holds data/" : null,
    };
}
