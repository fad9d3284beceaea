using Polymath.Data;

namespace Polymath.Benchmarks.Comparison;

/// <summary>From a text file to arrays that a network can be trained on: read, learn the encoding, encode.</summary>
internal sealed class TableWorkload(TableFile file) : Workload
{
    private readonly string _path = file.Write();
    private readonly ReadOptions _reading = new() { Header = false, ColumnNames = file.Columns, CategoricalColumns = file.Categorical };
    private readonly EncoderOptions _encoding = new() { Drop = file.Dropped };
    private readonly TargetColumn[] _targets = [.. file.Targets.Select(TargetColumn.Parse)];

    public override long FileBytes => new FileInfo(_path).Length;

    public override void Run()
    {
        Table table = Table.ReadCsv(_path, _reading);
        TableEncoder encoder = TableEncoder.Fit(table, _targets, Splits.All(table.Rows), _encoding);
        encoder.Encode(table);
    }

    public override void Dispose()
    {
    }
}
