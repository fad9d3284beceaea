using System.Globalization;
using Polymath.Data;

namespace Polymath.Tests;

/// <summary>Measures the memory of the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition(nameof(StreamingTests), DisableParallelization = true)]
[Collection(nameof(StreamingTests))]
public sealed class StreamingTests : IDisposable
{
    private const int Rows = 700_000;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memory_is_bounded_by_the_columns_and_not_by_the_text(bool compressed)
    {
        string path = Large();
        long text = new FileInfo(path).Length, columns = 4L * 5 * Rows;
        Assert.True(text > 55_000_000, $"{text} bytes");
        if (compressed) path = _folder.WriteGzip("large.csv.gz", File.ReadAllText(path));
        long before = GC.GetTotalMemory(forceFullCollection: true), peak = 0;
        using var done = new CancellationTokenSource();
        var watch = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: true) - before);
                Thread.Sleep(250);
            }
        });
        watch.Start();
        Table table = Table.ReadCsv(path);
        done.Cancel();
        watch.Join();
        Assert.Equal(Rows, table.Rows);
        Assert.Equal([ColumnKind.Categorical, ColumnKind.Categorical, ColumnKind.Numeric, ColumnKind.Numeric, ColumnKind.Numeric], table.Columns.Select(column => column.Kind));

        // A column that grows holds its old and its new array for a moment, and a measurement may fall into that moment.
        Assert.True(peak < (2 * columns) + 4_000_000 && peak < text, $"peak {peak} bytes for {columns} bytes of columns");
    }

    private string Large()
    {
        string path = _folder.PathOf("large.csv");
        using var writer = new StreamWriter(path);
        writer.WriteLine("long_description,sector,amount,count,rate");
        for (int i = 0; i < Rows; i++)
        {
            writer.Write("a rather long description of kind number ");
            writer.Write(i % 50);
            writer.Write(",sector and region ");
            writer.Write(i % 11);
            writer.Write(',');
            writer.Write((i * 0.37f).ToString(CultureInfo.InvariantCulture));
            writer.Write(',');
            writer.Write(i);
            writer.Write(",0.125\n");
        }

        return path;
    }
}
