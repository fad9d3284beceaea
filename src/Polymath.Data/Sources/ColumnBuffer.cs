namespace Polymath.Data.Sources;

/// <summary>
/// A growing list in one array. Once enough rows are in to tell how many are to come, the array is made that large at once, so
/// the list is rarely copied, and the array itself becomes the column: peak memory stays near the size of the columns.
/// </summary>
/// <param name="rowsToCome">About how many rows follow, or null when nobody knows.</param>
internal sealed class ColumnBuffer<T>(Func<long?> rowsToCome)
    where T : struct
{
    private const int Smallest = 256, Telling = 8192, Slack = 64;   // the guess is rough before 8192 rows
    private T[] _values = [];

    /// <summary>How many values were added.</summary>
    public int Count { get; private set; }

    /// <summary>Appends one value.</summary>
    public void Add(T value)
    {
        T[] values = _values;
        int count = Count;
        if ((uint)count >= (uint)values.Length) values = Grow();
        values[count] = value;
        Count = count + 1;
    }

    /// <summary>All values, as the start of an array that may be longer; the buffer is empty afterwards.</summary>
    public ArraySegment<T> Drain()
    {
        // Room beyond a sixteenth comes from a wrong guess and is worth a copy.
        if (_values.Length - Count > (Count / 16) + Slack) Array.Resize(ref _values, Count);
        var values = new ArraySegment<T>(_values, 0, Count);
        Clear();
        return values;
    }

    /// <summary>Forgets all values.</summary>
    public void Clear()
    {
        _values = [];
        Count = 0;
    }

    private T[] Grow()
    {
        long capacity = Count < Telling ? Math.Max(Smallest, 2L * Count) : Count + (long)Math.Max(Count / 16, (rowsToCome() ?? Count / 2) * 1.02) + Slack;

        // Not cleared: memory beyond the values is never looked at, and pages never touched are never taken from the system.
        T[] values = GC.AllocateUninitializedArray<T>((int)Math.Min(capacity, Array.MaxLength));
        _values.CopyTo(values, 0);
        return _values = values;
    }
}
