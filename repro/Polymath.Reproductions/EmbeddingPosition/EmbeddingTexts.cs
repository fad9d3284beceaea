using System.Globalization;
using Polymath.Data;
using Polymath.Tensors;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>Three real tasks of very different size: news titles and their texts (AG News), graded sentence pairs (STS-B), intents of bank customers (Banking77).</summary>
internal sealed class EmbeddingTexts
{
    public const string News = "agnews-test/test.csv", Sentences = "stsb-multi", Intents = "banking77";
    private const int NewsTrain = 6000, NewsTest = 1000, IntentPairs = 500, LabelledIntents = 1540, TestIntents = 1000;
    private const double Paraphrase = 4;
    private readonly (string Title, string Body)[] _news;
    private readonly (string Left, string Right, double Grade)[] _pairs, _testPairs;
    private readonly (string Text, int Intent)[] _intents, _testIntents;

    public EmbeddingTexts(ReproductionContext context)
    {
        _news = [.. Rows(context.Require(News), header: false, "class", "title", "body").Select(row => (row[1], row[2]))];
        string sentences = context.Require(Sentences), intents = context.Require(Intents);
        _pairs = [.. Rows(Path.Combine(sentences, "stsb-en-train.csv"), header: false, "left", "right", "grade").Select(Graded)];
        _testPairs = [.. Rows(Path.Combine(sentences, "stsb-en-test.csv"), header: false, "left", "right", "grade").Select(Graded)];
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        _intents = [.. Rows(Path.Combine(intents, "train.csv"), header: true, "text", "category").Select(row => Labelled(row, names))];
        _testIntents = [.. Rows(Path.Combine(intents, "test.csv"), header: true, "text", "category").Select(row => Labelled(row, names))];
    }

    /// <summary>Everything that is read, for pre-training without labels.</summary>
    public IEnumerable<string> AllTraining(RandomStream random) => Shuffled(_news, random.Derive("news")).Take(NewsTrain).Select(item => item.Body).Concat(_pairs.Select(pair => pair.Left)).Concat(_intents.Select(item => item.Text));

    /// <summary>The tasks of a seed: news and intents are drawn anew, the sentence pairs keep their official split.</summary>
    public EmbeddingTask[] Draw(RandomStream random)
    {
        (string Title, string Body)[] news = Shuffled(_news, random.Derive("news"));
        (string Left, string Right, double Grade)[] paraphrases = [.. _pairs.Where(pair => pair.Grade >= Paraphrase)];
        (string Text, int Intent)[] intents = Shuffled(_intents, random.Derive("intents")), test = [.. Shuffled(_testIntents, random.Derive("test intents")).Take(TestIntents)];
        (string Title, string Body)[] held = news[NewsTrain..(NewsTrain + NewsTest)];
        (string Text, int Intent)[] labelled = intents[^LabelledIntents..];
        int[][] titles = Hashed(held.Select(item => item.Title)), bodies = Hashed(held.Select(item => item.Body)), left = Hashed(_testPairs.Select(pair => pair.Left)), right = Hashed(_testPairs.Select(pair => pair.Right)), known = Hashed(labelled.Select(item => item.Text)), asked = Hashed(test.Select(item => item.Text));
        double[] grades = [.. _testPairs.Select(pair => pair.Grade)];
        return
        [
            new("news retrieval", "nDCG@10", new(Hashed(news.Take(NewsTrain).Select(item => item.Title)), Hashed(news.Take(NewsTrain).Select(item => item.Body))), 4, embed => EmbeddingScores.Retrieval(embed(titles), embed(bodies))),
            new("sentence similarity", "Spearman", new(Hashed(paraphrases.Select(pair => pair.Left)), Hashed(paraphrases.Select(pair => pair.Right))), 8, embed => EmbeddingScores.Similarity(embed(left), embed(right), grades)),
            new("bank intents", "5-NN accuracy", SameIntent(intents[..^LabelledIntents], random.Derive("intent pairs")), 10, embed => EmbeddingScores.Neighbourhood(embed(known), [.. labelled.Select(item => item.Intent)], embed(asked), [.. test.Select(item => item.Intent)])),
        ];
    }

    private static TextPairs SameIntent((string Text, int Intent)[] items, RandomStream random)
    {
        ILookup<int, string> byIntent = items.ToLookup(item => item.Intent, item => item.Text);
        int[] intents = [.. byIntent.Select(group => group.Key).Order()];
        (string Left, string Right)[] pairs = [.. Enumerable.Range(0, IntentPairs).Select(i =>
        {
            string[] texts = [.. byIntent[intents[i % intents.Length]]];
            int first = random.NextInt32(texts.Length), second = (first + 1 + random.NextInt32(texts.Length - 1)) % texts.Length;
            return (texts[first], texts[second]);
        })];
        return new(Hashed(pairs.Select(pair => pair.Left)), Hashed(pairs.Select(pair => pair.Right)));
    }

    private static T[] Shuffled<T>(T[] items, RandomStream random)
    {
        T[] shuffled = [.. items];
        random.Shuffle<T>(shuffled);
        return shuffled;
    }

    private static int[][] Hashed(IEnumerable<string> texts) => [.. texts.Select(HashedText.Ids)];

    private static (string Left, string Right, double Grade) Graded(string[] row) => (row[0], row[1], double.Parse(row[2], CultureInfo.InvariantCulture));

    private static (string Text, int Intent) Labelled(string[] row, Dictionary<string, int> names)
    {
        if (!names.TryGetValue(row[1], out int intent)) names.Add(row[1], intent = names.Count);
        return (row[0], intent);
    }

    private static IEnumerable<string[]> Rows(string path, bool header, params string[] columns)
    {
        Table table = Table.ReadCsv(path, new ReadOptions { Delimiter = ',', Header = header, ColumnNames = columns, CategoricalColumns = columns, MissingMarkers = [] });
        return Enumerable.Range(0, table.Rows).Select(row => Array.ConvertAll(columns, column => table[column].Text(row) ?? string.Empty));
    }
}
