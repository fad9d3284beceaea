using Polymath.Data;

namespace Polymath.Tabular;

/// <summary>The part of an error sentence that says what was probably meant.</summary>
internal static class NearestName
{
    /// <summary>" (did you mean 'mmoe'?)" when a known name is close, else nothing.</summary>
    public static string Hint(string wanted, IEnumerable<string> known)
        => Suggestion.Nearest(wanted, known) is { } near ? $" (did you mean '{near}'?)" : string.Empty;
}
