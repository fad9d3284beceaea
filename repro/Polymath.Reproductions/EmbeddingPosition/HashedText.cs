namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>Text as numbers: every word and the three-letter parts of it, hashed (FNV-1a) into a table of fixed size.</summary>
internal static class HashedText
{
    public const int Vocabulary = 16384;
    private const int MostWords = 32, PartLength = 3;
    private const uint Offset = 2166136261, Prime = 16777619;

    /// <summary>The ids of a text's first 32 words; never empty.</summary>
    public static int[] Ids(string text)
    {
        var ids = new List<int>();
        int words = 0, start = -1;
        for (int i = 0; i <= text.Length && words < MostWords; i++)
        {
            bool inside = i < text.Length && char.IsLetterOrDigit(text[i]);
            if (inside && start < 0) start = i;
            if (inside || start < 0) continue;
            string word = $"<{text[start..i].ToLowerInvariant()}>";
            ids.Add(Hash(word));
            for (int part = 0; part + PartLength <= word.Length && word.Length > PartLength; part++) ids.Add(Hash(word.AsSpan(part, PartLength)));
            start = -1;
            words++;
        }

        if (ids.Count == 0) ids.Add(0);
        return [.. ids];
    }

    private static int Hash(ReadOnlySpan<char> text)
    {
        uint hash = Offset;
        foreach (char letter in text) hash = (hash ^ letter) * Prime;
        return (int)(hash % Vocabulary);
    }
}
