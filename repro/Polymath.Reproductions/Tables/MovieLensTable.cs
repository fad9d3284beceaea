using System.Globalization;
using Polymath.Data;
using Polymath.Learning;

namespace Polymath.Reproductions.Tables;

/// <summary>
/// The ratings of MovieLens (Harper and Konstan 2015) as one table, a row per rating in order of time: <c>user</c>, <c>item</c>, <c>genres</c> (a
/// list), <c>year</c> of the film, <c>liked</c> and <c>disliked</c> (lists of the items that the user gave 4 or more, 2 or less, strictly before
/// this rating, oldest first), and <c>rating</c>, of which the targets are made. A row knows nothing of its own time or later.
/// </summary>
/// <example><code>
/// (Table table, Split split) = MovieLensTable.Read(context.Require("movielens-latest-small"));
/// TabularData data = table.Encode(MovieLensTable.Tasks, split, options: MovieLensTable.Options);       // with the lists
/// var plain = new EncoderOptions { Drop = ["genres", "liked", "disliked"] };                           // without them
/// </code></example>
public static class MovieLensTable
{
    /// <summary>Most items of a history that are kept, the last ones.</summary>
    public const int HistoryLength = 20;

    private const double Liked = 4, Disliked = 2, Validation = 0.1, Test = 0.2;
    private const int MostGenres = 10;

    /// <summary>like: 4 stars or more; five: 5 stars.</summary>
    public static TaskSet Tasks => new(Target.Binary("like", "rating>=4"), Target.Binary("five", "rating>=5"));

    /// <summary>The histories as lists of items, the genres as a list of their own.</summary>
    public static EncoderOptions Options => new() { Sequences = [new SequenceColumn("liked", "item", HistoryLength), new SequenceColumn("disliked", "item", HistoryLength), new SequenceColumn("genres", null, MostGenres)] };

    /// <summary>Reads the ratings; the last fifth of every user's ratings is for the test, the tenth before it for validation.</summary>
    /// <param name="folder">Where <c>ratings.csv</c> and <c>movies.csv</c> are.</param>
    /// <exception cref="TableException">A file is missing or not as expected.</exception>
    public static (Table Table, Split Split) Read(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Rating[] ratings = Ratings(Path.Combine(folder, "ratings.csv"));
        Dictionary<string, (string? Genres, float Year)> films = Films(Path.Combine(folder, "movies.csv"));
        string?[] liked = new string?[ratings.Length], disliked = new string?[ratings.Length];
        var train = new List<int>();
        var validation = new List<int>();
        var test = new List<int>();
        foreach (IGrouping<string, int> user in Enumerable.Range(0, ratings.Length).GroupBy(row => ratings[row].User))
        {
            int[] rows = [.. user];
            var likes = new List<string>();
            var dislikes = new List<string>();
            int known = 0, firstTest = rows.Length - (int)(rows.Length * Test), firstValidation = firstTest - (int)(rows.Length * Validation);
            for (int i = 0; i < rows.Length; i++)
            {
                // Ratings of the same second have no order, so none of them knows another.
                for (; ratings[rows[known]].Time < ratings[rows[i]].Time; known++)
                {
                    Rating earlier = ratings[rows[known]];
                    if (earlier.Stars >= Liked) likes.Add(earlier.Item);
                    if (earlier.Stars <= Disliked) dislikes.Add(earlier.Item);
                }

                (liked[rows[i]], disliked[rows[i]]) = (Join(likes), Join(dislikes));
                (i >= firstTest ? test : i >= firstValidation ? validation : train).Add(rows[i]);
            }
        }

        var table = new Table("MovieLens",
        [
            CategoricalColumn.FromTexts("user", ratings.Select(rating => rating.User)),
            CategoricalColumn.FromTexts("item", ratings.Select(rating => rating.Item)),
            CategoricalColumn.FromTexts("genres", ratings.Select(rating => films.GetValueOrDefault(rating.Item).Genres)),
            new NumericColumn("year", [.. ratings.Select(rating => films.TryGetValue(rating.Item, out (string?, float Year) film) ? film.Year : float.NaN)]),
            CategoricalColumn.FromTexts("liked", liked),
            CategoricalColumn.FromTexts("disliked", disliked),
            new NumericColumn("rating", [.. ratings.Select(rating => rating.Stars)]),
        ]);
        return (table, new Split([.. train.Order()], [.. validation.Order()], [.. test.Order()]));
    }

    private static Rating[] Ratings(string path)
    {
        var table = Table.ReadCsv(path, new ReadOptions { CategoricalColumns = ["userId", "movieId", "timestamp"], NumericColumns = ["rating"] });
        Column users = table["userId"], items = table["movieId"], times = table["timestamp"];
        ReadOnlySpan<float> stars = ((NumericColumn)table["rating"]).Values;
        var ratings = new Rating[table.Rows];
        for (int row = 0; row < ratings.Length; row++)
        {
            if (!long.TryParse(times.Text(row), NumberStyles.None, CultureInfo.InvariantCulture, out long time)) throw new TableException($"{path}: found the time '{times.Text(row)}' in row {row + 1}, expected seconds.", path);
            ratings[row] = new Rating(users.Text(row) ?? string.Empty, items.Text(row) ?? string.Empty, stars[row], time);
        }

        return [.. ratings.OrderBy(rating => rating.Time).ThenBy(rating => rating.User, StringComparer.Ordinal).ThenBy(rating => rating.Item, StringComparer.Ordinal)];
    }

    private static Dictionary<string, (string? Genres, float Year)> Films(string path)
    {
        var table = Table.ReadCsv(path, new ReadOptions { CategoricalColumns = ["movieId", "title", "genres"] });
        var films = new Dictionary<string, (string?, float)>(StringComparer.Ordinal);
        for (int row = 0; row < table.Rows; row++)
        {
            string? genres = table["genres"].Text(row);
            films[table["movieId"].Text(row) ?? string.Empty] = (genres is null || genres.StartsWith('(') ? null : genres, YearOf(table["title"].Text(row)));
        }

        return films;
    }

    /// <summary>The year in brackets at the end of a title; NaN without one.</summary>
    private static float YearOf(string? title)
    {
        string text = (title ?? string.Empty).TrimEnd().TrimEnd(')');
        int open = text.LastIndexOf('(');
        return open >= 0 && int.TryParse(text.AsSpan(open + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int year) ? year : float.NaN;
    }

    /// <summary>The last items of a history as a text; null for none.</summary>
    private static string? Join(List<string> items)
        => items.Count == 0 ? null : string.Join(SequenceColumn.DefaultSeparator, items.Skip(items.Count - HistoryLength));

    private readonly record struct Rating(string User, string Item, float Stars, long Time);
}
