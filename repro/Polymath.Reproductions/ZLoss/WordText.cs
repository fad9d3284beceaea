namespace Polymath.Reproductions.ZLoss;

/// <summary>
/// A text as numbers of words: lower case, letters and apostrophes, the D - 1 most frequent words of the training part and 0 for all others.
/// Each position with three words before it is an example; the last tenth is for tests, the one before it for choosing.
/// </summary>
internal sealed class WordText
{
    /// <summary>Words that a prediction sees.</summary>
    public const int Context = 3;

    private WordText(int[] words, int classes) => (Words, Classes) = (words, classes);

    /// <summary>The text, one number per word.</summary>
    public int[] Words { get; }

    /// <summary>D.</summary>
    public int Classes { get; }

    /// <summary>Positions to learn from.</summary>
    public Range Train => Context..(Words.Length * 8 / 10);

    /// <summary>Positions to choose learning rates by.</summary>
    public Range Validation => ((Words.Length * 8 / 10) + Context)..(Words.Length * 9 / 10);

    /// <summary>Positions that are only measured.</summary>
    public Range Test => ((Words.Length * 9 / 10) + Context)..Words.Length;

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="classes">D, at least 2; fewer when the text has fewer words.</param>
    /// <param name="most">Words to take from its start.</param>
    public static WordText Parse(string text, int classes, int most = int.MaxValue)
    {
        List<string> words = [];
        for (int i = 0; i < text.Length && words.Count < most;)
        {
            int start = i;
            while (i < text.Length && (char.IsAsciiLetter(text[i]) || text[i] == '\'')) i++;
            if (i > start) words.Add(text[start..i].ToLowerInvariant());
            else i++;
        }

        string[] known = [.. words.Take(words.Count * 8 / 10).CountBy(word => word).OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).Take(classes - 1).Select(count => count.Key)];
        var number = known.Index().ToDictionary(entry => entry.Item, entry => entry.Index + 1, StringComparer.Ordinal);
        return new WordText([.. words.Select(word => number.GetValueOrDefault(word))], known.Length + 1);
    }
}
