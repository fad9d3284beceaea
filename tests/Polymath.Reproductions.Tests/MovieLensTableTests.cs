using Polymath.Data;
using Polymath.Reproductions.Tables;
using Polymath.Tests;

namespace Polymath.Reproductions.Tests;

public sealed class MovieLensTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-movielens-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_rating_knows_what_its_user_rated_strictly_before()
    {
        File.WriteAllText(Path.Combine(_folder, "movies.csv"), "movieId,title,genres\n1,\"Toy Story (1995)\",Adventure|Comedy\n2,Unknown,(no genres listed)\n");
        File.WriteAllText(Path.Combine(_folder, "ratings.csv"), "userId,movieId,rating,timestamp\n9,1,5.0,300\n9,2,4.0,100\n9,3,2.0,100\n7,2,3.0,250\n9,4,3.5,200\n");
        (Table table, Split split) = MovieLensTable.Read(_folder);
        Assert.Equal(["user", "item", "genres", "year", "liked", "disliked", "rating"], table.ColumnNames);
        string[] rows = [.. Enumerable.Range(0, 5).Select(row => string.Join(' ', table.Columns.Select(column => column.Text(row) ?? "-")))];
        Assert.Equal("9 2 - - - - 4", rows[0]);
        Assert.Equal("9 3 - - - - 2", rows[1]);
        Assert.Equal("9 4 - - 2 3 3.5", rows[2]);
        Assert.Equal("7 2 - - - - 3", rows[3]);
        Assert.Equal("9 1 Adventure|Comedy 1995 2 3 5", rows[4]);
        Assert.Equal([0, 1, 2, 3, 4], split.Train.Concat(split.Validation).Concat(split.Test).Order());
    }

    [Fact]
    public void The_last_ratings_of_every_user_are_the_test()
    {
        (Table table, Split split) = MovieLensTable.Read(SharedFiles.RequireData("movielens-latest-small"));
        Assert.Equal(100_836, table.Rows);
        Assert.InRange(split.Test.Length, 0.19 * table.Rows, 0.2 * table.Rows);
        Column users = table["user"];
        var firstTest = new Dictionary<string, int>();
        foreach (int row in split.Test) firstTest.TryAdd(users.Text(row)!, row);
        Assert.Equal(610, firstTest.Count);
        Assert.All(split.Train.Concat(split.Validation), row => Assert.True(row < firstTest[users.Text(row)!]));
        Assert.Equal(table.Rows, split.Train.Length + split.Validation.Length + split.Test.Length);
    }
}
