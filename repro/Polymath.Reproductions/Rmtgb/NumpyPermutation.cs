namespace Polymath.Reproductions.Rmtgb;

/// <summary>
/// The permutation that <c>numpy.random.RandomState(seed).permutation(n)</c> gives, and with it the rows that
/// <c>sklearn.model_selection.train_test_split(random_state=seed)</c> takes: the official split of the real data sets. A Mersenne Twister
/// (Matsumoto, Nishimura 1998, MT19937) drives a shuffle from the end; a bounded number is drawn by masking and rejecting.
/// </summary>
internal sealed class NumpyPermutation
{
    private const int Size = 624, Middle = 397;
    private const uint Matrix = 0x9908B0DF, Upper = 0x80000000, Lower = 0x7FFFFFFF;
    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    private NumpyPermutation(uint seed)
    {
        _state[0] = seed;
        for (uint i = 1; i < Size; i++) _state[i] = (1812433253 * (_state[i - 1] ^ (_state[i - 1] >> 30))) + i;
    }

    /// <summary>A random order of 0 .. count-1.</summary>
    /// <param name="count">How many, 0 or more.</param>
    /// <param name="seed">The seed of the generator.</param>
    public static int[] Of(int count, uint seed)
    {
        var generator = new NumpyPermutation(seed);
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = count - 1; i > 0; i--)
        {
            int j = generator.UpTo((uint)i);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>Rows of a random split: the test rows are the first of the permutation, rounded up, the training rows the others.</summary>
    /// <param name="count">Number of rows.</param>
    /// <param name="testShare">Share of the test rows.</param>
    /// <param name="seed">The seed of the generator.</param>
    public static (int[] Train, int[] Test) Split(int count, double testShare, uint seed)
    {
        int[] order = Of(count, seed);
        int test = (int)Math.Ceiling(testShare * count);
        return (order[test..], order[..test]);
    }

    /// <summary>Uniform in [0, most].</summary>
    private int UpTo(uint most)
    {
        uint mask = uint.MaxValue >> System.Numerics.BitOperations.LeadingZeroCount(most), value;
        do value = Next() & mask;
        while (value > most);
        return (int)value;
    }

    private uint Next()
    {
        if (_next == Size) Twist();
        uint y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9D2C5680;
        y ^= (y << 15) & 0xEFC60000;
        return y ^ (y >> 18);
    }

    private void Twist()
    {
        for (int i = 0; i < Size; i++)
        {
            uint y = (_state[i] & Upper) | (_state[(i + 1) % Size] & Lower);
            _state[i] = _state[(i + Middle) % Size] ^ (y >> 1) ^ ((y & 1) * Matrix);
        }

        _next = 0;
    }
}
