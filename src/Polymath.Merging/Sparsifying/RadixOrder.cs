namespace Polymath.Merging.Sparsifying;

/// <summary>Sorts keys in the upper half of a word that carry their position in the lower half, equal keys by position.</summary>
internal static class RadixOrder
{
    private const int KeyBits = 32, DigitBits = 11, Digits = 1 << DigitBits, Few = 256;

    /// <summary>Sorts ascending.</summary>
    /// <param name="words">Keys and positions, the positions ascending.</param>
    /// <param name="spare">As many words of room.</param>
    public static void Ascending(Span<ulong> words, Span<ulong> spare)
    {
        if (words.Length <= Few)
        {
            words.Sort();
            return;
        }

        // Three stable passes over the digits of the key, from the lowest; after the last the words lie in the spare room.
        Span<int> ends = stackalloc int[Digits];
        Span<ulong> from = words, to = spare;
        for (int shift = KeyBits; shift < 2 * KeyBits; shift += DigitBits)
        {
            ends.Clear();
            foreach (ulong word in from) ends[(int)(word >> shift) & (Digits - 1)]++;
            int sum = 0;
            foreach (ref int end in ends) (end, sum) = (sum, sum + end);
            foreach (ulong word in from) to[ends[(int)(word >> shift) & (Digits - 1)]++] = word;
            Span<ulong> swap = from;
            from = to;
            to = swap;
        }

        from.CopyTo(words);
    }
}
