namespace Polymath.Data.Sources;

/// <summary>The texts that mean "missing", compared after trimming and without case.</summary>
internal sealed class MissingMarkers
{
    private const int Ascii = 128;
    private readonly string[] _markers;
    private readonly int _longest;
    private readonly bool[] _first = new bool[Ascii];

    public MissingMarkers(IReadOnlyList<string> markers)
    {
        _markers = [.. markers.Select(marker => marker.Trim())];
        _longest = _markers.Length == 0 ? -1 : _markers.Max(marker => marker.Length);
        foreach (string marker in _markers)
        {
            if (marker.Length == 0 || marker[0] >= Ascii) continue;
            _first[char.ToUpperInvariant(marker[0])] = true;
            _first[char.ToLowerInvariant(marker[0])] = true;
        }

        // What starts with a blank is only decided after trimming.
        for (int letter = 0; letter < Ascii; letter++) _first[letter] |= char.IsWhiteSpace((char)letter);
    }

    /// <summary>True when the text is a marker. Most texts are told by their first letter.</summary>
    public bool Contains(ReadOnlySpan<char> text) => (text.IsEmpty || text[0] >= Ascii || _first[text[0]]) && Find(text.Trim());

    private bool Find(ReadOnlySpan<char> text)
    {
        if (text.Length > _longest) return false;
        foreach (string marker in _markers)
        {
            if (text.Length == marker.Length && text.Equals(marker, StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
