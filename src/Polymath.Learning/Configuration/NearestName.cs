namespace Polymath.Learning.Configuration;

/// <summary>"Did you mean": the known name with the smallest edit distance.</summary>
public static class NearestName
{
    /// <summary>" (did you mean 'adam'?)", or nothing when no name is near.</summary>
    /// <param name="wanted">What was written.</param>
    /// <param name="known">The known names, lower case.</param>
    public static string Suggest(string wanted, IEnumerable<string> known)
    {
        (string Name, int Distance) best = known.Select(name => (name, EditDistance(wanted.ToLowerInvariant(), name))).DefaultIfEmpty((string.Empty, int.MaxValue)).MinBy(pair => pair.Item2);
        return best.Distance <= Math.Max(2, best.Name.Length / 2) ? $" (did you mean '{best.Name}'?)" : string.Empty;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int EditDistance(string a, string b)
    {
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[b.Length];
    }
}
