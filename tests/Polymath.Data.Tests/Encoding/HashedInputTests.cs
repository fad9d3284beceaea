using Polymath.Data;

namespace Polymath.Tests;

/// <summary>Vocabularies that are hashed because they are too large to keep.</summary>
public sealed class HashedInputTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public void Columns_with_the_most_categories_share_what_small_ones_leave()
    {
        // 3 ids of 'small' (two categories and the unknown), so 13 are left for each of the two large ones.
        TableEncoder encoder = Fit(29);
        Assert.Equal([3, 13, 13], encoder.Fields.Select(field => field.Cardinality));
        Assert.Equal(["column 'large' is hashed: its 40 categories share 12 ids", "column 'huge' is hashed: its 60 categories share 12 ids"], encoder.Notes);
        Assert.Equal([3, 41, 61], Fit(0).Fields.Select(field => field.Cardinality));
        Assert.Equal([3, 41, 61], Fit(200).Fields.Select(field => field.Cardinality));
    }

    [Fact]
    public void Equal_texts_share_an_id_missing_is_zero_and_a_saved_encoder_agrees()
    {
        TableEncoder encoder = Fit(29);
        string path = _temporary.PathOf("encoder.json");
        encoder.Save(path);
        Table fresh = Table.ReadCsv(_temporary.Write("new.csv", "huge,large,small,y\nh1,l1,s0,1\nnever seen,l1,s1,0\n,l2,s1,1\nh1,l9,s0,0\n"), cancellation: TestContext.Current.CancellationToken);
        int[] ids = encoder.Encode(fresh).Categories;
        Assert.Equal(ids, TableEncoder.Load(path).Encode(fresh).Categories);
        Assert.Equal(ids[2], ids[11]);
        Assert.Equal(ids[1], ids[4]);
        Assert.Equal(0, ids[8]);
        for (int row = 0; row < 4; row++) Assert.All(ids[((3 * row) + 1)..(3 * (row + 1))], id => Assert.InRange(id, 0, 12));
        Assert.NotEqual(0, ids[5]);
    }

    [Fact]
    public void A_budget_that_leaves_a_column_nothing_is_refused()
        => Assert.Contains("4 ids are too few for 3 categorical columns, expected at least 2 for each; allow more memory for tables (--table-memory)", Assert.Throws<TableException>(() => Fit(4)).Message, StringComparison.Ordinal);

    private TableEncoder Fit(int maxIds)
    {
        string rows = string.Join('\n', Enumerable.Range(0, 240).Select(i => $"s{i % 2},l{i % 40},h{i % 60},{i % 3 % 2}"));
        Table table = Table.ReadCsv(_temporary.Write($"rows{maxIds}.csv", $"small,large,huge,y\n{rows}\n"), cancellation: TestContext.Current.CancellationToken);
        return TableEncoder.Fit(table, [TargetColumn.Parse("y:binary")], [.. Enumerable.Range(0, 240)], new EncoderOptions { MaxIds = maxIds });
    }
}
