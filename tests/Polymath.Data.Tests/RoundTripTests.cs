using FsCheck;
using FsCheck.Fluent;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_written_table_reads_back_equal() => Prop.ForAll(Tables, table =>
    {
        string path = _folder.PathOf("t.csv");
        CsvTableWriter.Write(table, path);
        Table read = Table.ReadCsv(path, Declared);
        Assert.Equal(table.ColumnNames, read.ColumnNames);
        for (int i = 0; i < table.Columns.Count; i++)
        {
            Assert.Equal(table.Columns[i].Kind, read.Columns[i].Kind);
            for (int row = 0; row < table.Rows; row++) Assert.Equal(table.Columns[i].Text(row), read.Columns[i].Text(row));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_saved_encoder_encodes_any_table_alike() => Prop.ForAll(Tables, ArbMap.Default.ArbFor<bool>(), (table, quantile) =>
    {
        var options = new EncoderOptions { Numeric = quantile ? NumericTransform.Quantile : NumericTransform.Standardise, MinFrequency = 1 };
        TableEncoder encoder;
        try
        {
            encoder = TableEncoder.Fit(table, [TargetColumn.Parse("n==0"), TargetColumn.Parse("m:regression")], Splits.All(table.Rows), options);
        }
        catch (TableException)
        {
            return;   // nothing can be learned from this table: other tests say when
        }

        string path = _folder.PathOf("encoder.json");
        encoder.Save(path);
        EncodedTable encoded = encoder.Encode(table);
        EncoderFileTests.AssertSame(encoded, TableEncoder.Load(path).Encode(table));
        Assert.All(encoded.Numeric, value => Assert.True(float.IsFinite(value)));
        for (int row = 0; row < table.Rows; row++)
        {
            for (int field = 0; field < encoded.CategoricalCount; field++) Assert.InRange(encoded.CategoryRow(row)[field], 0, encoded.Fields[field].Cardinality - 1);
        }
    }).QuickCheckThrowOnFailure();

    private static ReadOptions Declared => new() { NumericColumns = ["n", "m"], CategoricalColumns = ["s"], DateColumns = ["d"] };

    /// <summary>Columns n, m (numbers), s (texts with quotes, delimiters, line breaks and blanks) and d (dates), one to thirty rows, with missing values.</summary>
    private static Arbitrary<Table> Tables
    {
        get
        {
            Gen<float> number = Gen.Frequency(
                (1, Gen.Constant(float.NaN)),
                (2, Gen.Elements(0f, 1f, -0f, float.MaxValue, float.Epsilon, 0.1f)),
                (4, ArbMap.Default.GeneratorFor<float>().Select(value => float.IsFinite(value) ? value : 0.5f)));
            Gen<string?> text = Gen.Frequency<string?>(
                (1, Gen.Constant<string?>(null)),
                (5, Gen.NonEmptyListOf(Gen.Elements('a', 'B', '"', ',', ';', '\n', '\r', ' ', '\t', '\'', 'é', '中')).Select(letters => (string?)string.Concat(letters)).Where(Survives)));
            Gen<long> date = Gen.Frequency(
                (1, Gen.Constant(DateColumn.MissingTicks)),
                (3, Gen.Choose(0, 20_000).Select(day => new DateTime(1990, 1, 1).AddDays(day).Ticks)),
                (2, Gen.Choose(0, int.MaxValue).Select(second => new DateTime(1990, 1, 1).AddSeconds(second).AddTicks(second % 3).Ticks)));
            Gen<Table> tables = Gen.Choose(1, 30).SelectMany(rows =>
                Gen.ArrayOf(number, rows).SelectMany(n => Gen.ArrayOf(number, rows).SelectMany(m => Gen.ArrayOf(text, rows).SelectMany(s => Gen.ArrayOf(date, rows).Select(d =>
                    new Table("generated", [new NumericColumn("n", n), CategoricalColumn.FromTexts("s", s), new NumericColumn("m", m), new DateColumn("d", d)]))))));
            return Arb.From(tables);
        }
    }

    // A text of blanks alone reads back as missing, by design.
    private static bool Survives(string? text) => text is not null && text.Trim().Length > 0;
}
