using System.Buffers.Binary;

namespace Polymath.Tensors.Safetensors;

/// <summary>
/// Writes safetensors files the way the reference does: tensors sorted by type (descending) and then name, compact header padded
/// with spaces to a multiple of 8 bytes. The same tensors and metadata give the same bytes.
/// </summary>
/// <remarks>
/// <see cref="Write(string, IEnumerable{SafetensorsEntry}, IReadOnlyDictionary{string, string}?)"/> streams: an entry's data is asked for
/// when its turn comes. The instance collects tensors first (a copy of each, in its file type) and is the convenient way for small models.
/// </remarks>
/// <example><code>
/// var writer = new SafetensorsWriter { Metadata = { ["format"] = "pt" } };
/// writer.Add("trunk.0.weight", [64, 10], weight);
/// writer.Save("model.safetensors");
/// </code></example>
public sealed class SafetensorsWriter
{
    private readonly List<SafetensorsEntry> _entries = [];

    /// <summary>Free key-value pairs for the header; readers of the Hugging Face family expect <c>format = pt</c>.</summary>
    public IDictionary<string, string> Metadata { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Adds a tensor of singles, stored as F32, F16, BF16 or F64 (rounding to nearest even).</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="shape">Row-major dimensions; empty for a scalar.</param>
    /// <param name="values">The elements; copied.</param>
    /// <param name="type">The type in the file.</param>
    /// <returns>This writer.</returns>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values, SafetensorsType type = SafetensorsType.F32)
    {
        using var bytes = new MemoryStream(checked(values.Length * type.Bits() / 8));
        var entry = SafetensorsEntry.FromFloat32(name, shape.ToArray(), default, type);
        SafetensorsEntry.WriteFloats(bytes, values, type);
        return AddBytes(entry.Name, type, entry.Shape, bytes.ToArray(), values.Length);
    }

    /// <summary>Adds a tensor of integers, stored as I64 or any narrower integer type or BOOL; a value that does not fit is refused.</summary>
    /// <exception cref="ArgumentException">A value does not fit the type, or the type is not an integer type.</exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> values, SafetensorsType type = SafetensorsType.I64)
    {
        (long low, long high) = IntegerRange(name, type);
        int width = type.Bits() / 8;
        byte[] bytes = new byte[checked(values.Length * width)];
        Span<byte> element = stackalloc byte[8];
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] < low || values[i] > high) throw new ArgumentException($"Tensor '{name}': element {i} is {values[i]}, which does not fit {type.HeaderName()}.", nameof(values));
            BinaryPrimitives.WriteInt64LittleEndian(element, values[i]);
            element[..width].CopyTo(bytes.AsSpan(i * width));
        }

        return AddBytes(name, type, shape.ToArray(), bytes, values.Length);
    }

    /// <summary>Writes the collected tensors to a file, atomically.</summary>
    public void Save(string path) => Write(path, _entries, (IReadOnlyDictionary<string, string>)Metadata);

    /// <summary>Writes a file atomically (temporary file beside it, flushed to disk, renamed); nothing is left behind on failure.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="entries">The tensors, in any order; the data of each is asked for once.</param>
    /// <param name="metadata">Free key-value pairs for the header.</param>
    /// <exception cref="ArgumentException">A name is given twice or not allowed, a shape is invalid, or the header is over 100 MB.</exception>
    /// <exception cref="InvalidOperationException">An entry wrote another number of bytes than its type and shape ask for.</exception>
    public static void Write(string path, IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        (SafetensorsLayout layout, SafetensorsEntry[] planned) = Plan(entries, metadata);
        AtomicFile.Write(path, stream => WriteTo(stream, layout, planned));
    }

    /// <summary>Writes the same bytes to a stream that can tell its position.</summary>
    public static void Write(Stream stream, IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        (SafetensorsLayout layout, SafetensorsEntry[] planned) = Plan(entries, metadata);
        WriteTo(stream, layout, planned);
    }

    private SafetensorsWriter AddBytes(string name, SafetensorsType type, IReadOnlyList<long> shape, byte[] bytes, int elements)
    {
        var entry = SafetensorsEntry.FromBytes(name, type, shape, bytes);
        if (SafetensorsLayout.ByteCount(name, type, shape) != bytes.Length) throw new ArgumentException($"Tensor '{name}': found {elements} values, expected {SafetensorsLayout.ByteCount(name, type, shape) / (type.Bits() / 8)} for shape [{string.Join(", ", shape)}].", nameof(shape));
        _entries.Add(entry);
        return this;
    }

    private static (SafetensorsLayout Layout, SafetensorsEntry[] Entries) Plan(IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(entries);
        var byName = new Dictionary<string, SafetensorsEntry>(StringComparer.Ordinal);
        SafetensorsEntry[] all = [.. entries];
        var layout = SafetensorsLayout.Of(all.Select(entry => (entry.Name, entry.Type, entry.Shape)), metadata);
        foreach (SafetensorsEntry entry in all) byName[entry.Name] = entry;
        return (layout, [.. layout.Tensors.Select(tensor => byName[tensor.Name])]);
    }

    private static void WriteTo(Stream stream, SafetensorsLayout layout, SafetensorsEntry[] entries)
    {
        stream.Write(layout.Header.Span);
        for (int i = 0; i < entries.Length; i++)
        {
            long before = stream.Position, expected = layout.Tensors[i].Bytes;
            entries[i].WriteData(stream);
            long written = stream.Position - before;
            if (written != expected)
                throw new InvalidOperationException($"Tensor '{entries[i].Name}': {written} bytes were written, expected {expected} for {entries[i].Type.HeaderName()} [{string.Join(", ", entries[i].Shape)}].");
        }
    }

    private static (long Low, long High) IntegerRange(string name, SafetensorsType type) => type switch
    {
        SafetensorsType.Bool => (0, 1),
        SafetensorsType.U8 => (byte.MinValue, byte.MaxValue),
        SafetensorsType.I8 => (sbyte.MinValue, sbyte.MaxValue),
        SafetensorsType.I16 => (short.MinValue, short.MaxValue),
        SafetensorsType.U16 => (ushort.MinValue, ushort.MaxValue),
        SafetensorsType.I32 => (int.MinValue, int.MaxValue),
        SafetensorsType.U32 => (uint.MinValue, uint.MaxValue),
        SafetensorsType.I64 => (long.MinValue, long.MaxValue),
        SafetensorsType.U64 => (0, long.MaxValue),
        _ => throw new ArgumentException($"Tensor '{name}': integers cannot be written as {type.HeaderName()}; use BOOL or an integer type.", nameof(type)),
    };
}
