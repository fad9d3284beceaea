using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Polymath.Tensors;

/// <summary>
/// A counter-based random stream: Philox4x32-10 (Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011).
/// A stream is a key and a position; the same key and position give the same numbers on every machine, at any thread
/// count, and <see cref="Position"/> is all that has to be saved to resume exactly.
/// </summary>
/// <remarks>Streams derived under different names do not disturb each other: data order, dropout and initialisation each have their own.</remarks>
/// <example><code>
/// var root = new RandomStream(seed: 7);
/// RandomStream init = root.Derive("init");
/// float x = init.NextNormal();
/// </code></example>
public sealed class RandomStream
{
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57, Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;
    private const int Rounds = 10, Lanes = 4;

    /// <summary>A word becomes a float in [0, 1) without its lowest bits, times the unit.</summary>
    internal const int UnusedBits = 8;

    /// <summary>2^-24.</summary>
    internal const float Unit = 1f / (1 << 24);

    private readonly ulong _key;
    private ulong _position;
    private ulong _blockIndex = ulong.MaxValue;
    private uint _lane0, _lane1, _lane2, _lane3;

    /// <summary>A stream for a seed; every seed, including 0, is its own stream.</summary>
    public RandomStream(ulong seed) => _key = seed;

    /// <summary>The key that names this stream.</summary>
    public ulong Key => _key;

    /// <summary>How many 32-bit words have been drawn. Setting it jumps anywhere at no cost.</summary>
    public ulong Position
    {
        get => _position;
        set => _position = value;
    }

    /// <summary>A stream of its own for a purpose ("dropout", "order"); the same name always gives the same stream.</summary>
    public RandomStream Derive(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Span<byte> hash = stackalloc byte[32];
        byte[] text = new byte[8 + Encoding.UTF8.GetByteCount(name)];
        BinaryPrimitives.WriteUInt64LittleEndian(text, _key);
        Encoding.UTF8.GetBytes(name, text.AsSpan(8));
        SHA256.HashData(text, hash);
        return new RandomStream(BinaryPrimitives.ReadUInt64LittleEndian(hash));
    }

    /// <summary>A stream of its own for a number (an epoch, a step, a worker).</summary>
    public RandomStream Derive(ulong index)
    {
        (uint a, uint b, _, _) = Block(_key, index, 0x506F6C796D617468UL);
        return new RandomStream(((ulong)a << 32) | b);
    }

    /// <summary>The next 32 random bits.</summary>
    public uint NextUInt32()
    {
        ulong block = _position / Lanes;
        if (block != _blockIndex)
        {
            (_lane0, _lane1, _lane2, _lane3) = Block(_key, block, 0);
            _blockIndex = block;
        }

        return (_position++ % Lanes) switch { 0 => _lane0, 1 => _lane1, 2 => _lane2, _ => _lane3 };
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => ((ulong)NextUInt32() << 32) | NextUInt32();

    /// <summary>Uniform in [0, 1) with 24 random bits.</summary>
    public float NextSingle() => ToSingle(NextUInt32());

    /// <summary>Uniform in [0, 1) with 53 random bits.</summary>
    public double NextDouble() => ToDouble(NextUInt32(), NextUInt32());

    /// <summary>Uniform integer in [0, <paramref name="exclusiveMax"/>), without modulo bias (Lemire 2019).</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="exclusiveMax"/> is not positive.</exception>
    public int NextInt32(int exclusiveMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(exclusiveMax);
        uint bound = (uint)exclusiveMax;
        ulong product = (ulong)NextUInt32() * bound;
        if ((uint)product < bound)
        {
            uint threshold = unchecked(0u - bound) % bound;
            while ((uint)product < threshold) product = (ulong)NextUInt32() * bound;
        }

        return (int)(product >> 32);
    }

    /// <summary>Standard normal (Box-Muller, one value per two uniforms so that the position stays a plain count).</summary>
    public float NextNormal() => (float)NextNormalDouble();

    /// <summary>Standard normal in double precision.</summary>
    public double NextNormalDouble()
    {
        double first = NextDouble();
        return Normal(first, NextDouble());
    }

    /// <summary>Standard Gumbel: -log(-log u).</summary>
    public float NextGumbel() => (float)-Math.Log(-Math.Log(Math.Max(NextDouble(), double.Epsilon)));

    /// <summary>True with the given probability in [0, 1].</summary>
    public bool NextBernoulli(float probability) => NextSingle() < probability;

    /// <summary>Fills with uniforms in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    public void FillUniform(Span<float> destination, float low = 0f, float high = 1f) => Fill(destination, low, high - low, normal: false);

    /// <summary>Fills with normals of the given mean and standard deviation.</summary>
    public void FillNormal(Span<float> destination, float mean = 0f, float deviation = 1f) => Fill(destination, mean, deviation, normal: true);

    /// <summary>Fills with standard Gumbel draws.</summary>
    public void FillGumbel(Span<float> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = NextGumbel();
    }

    /// <summary>Fills with ones (probability <paramref name="probability"/>) and zeros.</summary>
    public void FillBernoulli(Span<float> destination, float probability)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = NextBernoulli(probability) ? 1f : 0f;
    }

    /// <summary>Fills with a random order of 0 .. length-1 (Fisher-Yates).</summary>
    public void FillPermutation(Span<int> destination)
    {
        for (int i = 0; i < destination.Length; i++) destination[i] = i;
        Shuffle(destination);
    }

    /// <summary>Shuffles in place (Fisher-Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A word as a uniform in [0, 1).</summary>
    internal static float ToSingle(uint word) => (word >> UnusedBits) * Unit;

    /// <summary>Two words as a uniform in [0, 1).</summary>
    internal static double ToDouble(uint high, uint low) => ((((ulong)high << 32) | low) >> 11) * (1.0 / (1UL << 53));

    /// <summary>A standard normal from two uniforms (Box and Muller 1958).</summary>
    internal static double Normal(double first, double second) => Math.Sqrt(-2.0 * Math.Log(1.0 - first)) * Math.Cos(2.0 * Math.PI * second);

    /// <summary>One Philox4x32-10 block: four words for a 64-bit key and a 128-bit counter (low, high).</summary>
    internal static (uint A, uint B, uint C, uint D) Block(ulong key, ulong counterLow, ulong counterHigh)
    {
        uint x0 = (uint)counterLow, x1 = (uint)(counterLow >> 32), x2 = (uint)counterHigh, x3 = (uint)(counterHigh >> 32);
        uint k0 = (uint)key, k1 = (uint)(key >> 32);
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * x0, p1 = (ulong)Multiplier1 * x2;
            (x0, x1, x2, x3) = ((uint)(p1 >> 32) ^ x1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ x3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (x0, x1, x2, x3);
    }

    private unsafe void Fill(Span<float> destination, float offset, float factor, bool normal)
    {
        fixed (float* values = destination)
        {
            var body = new Kernels.RandomFill { Key = _key, Position = _position, Y = values, Length = destination.Length, Offset = offset, Factor = factor, Normal = normal };
            _position += body.Run();
        }
    }
}
