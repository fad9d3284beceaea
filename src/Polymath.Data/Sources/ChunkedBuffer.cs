namespace Polymath.Data.Sources;

/// <summary>A growing list in chunks: appending never copies what is there, so peak memory stays near the final size.</summary>
internal sealed class ChunkedBuffer<T>
    where T : struct
{
    private const int SmallestChunk = 256, LargestChunk = 8192;   // 8192 longs stay below the large-object threshold
    private readonly List<T[]> _chunks = [];
    private T[] _last = [];
    private int _used;

    /// <summary>How many values were added.</summary>
    public int Count { get; private set; }

    /// <summary>Appends one value.</summary>
    public void Add(T value)
    {
        if (_used == _last.Length)
        {
            _last = new T[Math.Clamp(Count, SmallestChunk, LargestChunk)];
            _chunks.Add(_last);
            _used = 0;
        }

        _last[_used++] = value;
        Count++;
    }

    /// <summary>All values in one array; the buffer is empty afterwards.</summary>
    public T[] Drain()
    {
        var values = new T[Count];
        int start = 0;
        foreach (T[] chunk in _chunks)
        {
            int length = Math.Min(chunk.Length, Count - start);
            Array.Copy(chunk, 0, values, start, length);
            start += length;
        }

        Clear();
        return values;
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _last = [];
        _used = 0;
        Count = 0;
    }
}
