namespace Polymath.Data;

/// <summary>Finds the name a user probably meant.</summary>
/// <example><code>
/// string? meant = Suggestion.Nearest("incme", ["income", "age"]);   // "income"
/// </code></example>
public static class Suggestion
{
    /// <summary>
    /// The candidate with the smallest edit distance (insert, delete, replace or swap of neighbours, ignoring case), or null when
    /// none is close: the distance must not exceed a third of the longer name, and at least one edit is allowed.
    /// </summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int allowed = Math.Max(1, Math.Max(name.Length, candidate.Length) / 3);
            int distance = Distance(name, candidate);
            if (distance > allowed || distance >= bestDistance || distance >= Math.Max(name.Length, candidate.Length)) continue;
            (best, bestDistance) = (candidate, distance);
        }

        return best;
    }

    /// <summary>
    /// The end of an error sentence: "; did you mean 'income'?" when a name is close, else "; known: a, b, c" (at most 20 names).
    /// </summary>
    public static string Tail(string name, IReadOnlyCollection<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        string? near = Nearest(name, candidates);
        if (near is not null) return $"; did you mean '{near}'?";
        if (candidates.Count == 0) return ".";
        string list = string.Join(", ", candidates.Take(20));
        return candidates.Count > 20 ? $"; there are {candidates.Count}: {list}, ..." : $"; known: {list}.";
    }

    /// <summary>Optimal string alignment distance, ignoring case.</summary>
    internal static int Distance(string a, string b)
    {
        int[] beforePrevious = new int[b.Length + 1], previous = new int[b.Length + 1], current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++) previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                int distance = Math.Min(Math.Min(current[j - 1] + 1, previous[j] + 1), previous[j - 1] + cost);
                bool swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
                current[j] = swapped ? Math.Min(distance, beforePrevious[j - 2] + 1) : distance;
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }

    private static bool Same(char a, char b) => char.ToUpperInvariant(a) == char.ToUpperInvariant(b);
}
