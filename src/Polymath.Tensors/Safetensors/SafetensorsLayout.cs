using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Polymath.Tensors.Safetensors;

/// <summary>
/// Where everything stands in a safetensors file, known before any data: the header's bytes and the place of each tensor. So tensors
/// can be written in any order and in parallel, each at its place.
/// </summary>
/// <remarks>As the reference writes: tensors sorted by type (descending) and then name, compact header padded with spaces to a multiple of 8 bytes.</remarks>
/// <example><code>
/// var layout = SafetensorsLayout.Of([("weight", SafetensorsType.BF16, [64, 10])]);
/// long at = layout.Tensors[0].Offset;
/// </code></example>
public sealed class SafetensorsLayout
{
    private SafetensorsLayout(byte[] header, TensorInfo[] tensors)
    {
        Header = header;
        Tensors = tensors;
        Length = tensors.Length == 0 ? header.Length : tensors[^1].Offset + tensors[^1].Bytes;
    }

    /// <summary>The first bytes of the file: the length of the header and the header.</summary>
    public ReadOnlyMemory<byte> Header { get; }

    /// <summary>The tensors in the order of their data; offsets count from the start of the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>The layout of a file that holds the given tensors.</summary>
    /// <param name="tensors">Name, type and shape of each, in any order.</param>
    /// <param name="metadata">Free key-value pairs for the header.</param>
    /// <exception cref="ArgumentException">A name is given twice or not allowed, a shape is invalid, or the header is over 100 MB.</exception>
    public static SafetensorsLayout Of(IEnumerable<(string Name, SafetensorsType Type, IReadOnlyList<long> Shape)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        (byte[] Name, TensorInfo Info)[] sorted = [.. tensors.Select(tensor => (NameBytes(tensor.Name), new TensorInfo(tensor.Name, tensor.Type, tensor.Shape, 0, ByteCount(tensor.Name, tensor.Type, tensor.Shape))))];
        Array.Sort(sorted, static (left, right) =>
        {
            int order = right.Info.Type.CompareTo(left.Info.Type);
            return order != 0 ? order : left.Name.AsSpan().SequenceCompareTo(right.Name); // UTF-8 order, as the reference compares
        });
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((_, TensorInfo info) in sorted)
            if (!names.Add(info.Name)) throw new ArgumentException($"Tensor '{info.Name}' is given twice; names must be unique.", nameof(tensors));
        byte[] header = WriteHeader(sorted, metadata);
        long offset = header.Length;
        var placed = new TensorInfo[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            placed[i] = sorted[i].Info with { Offset = offset };
            offset = checked(offset + sorted[i].Info.Bytes);
        }

        return new(header, placed);
    }

    /// <summary>Bytes of a tensor's data.</summary>
    internal static long ByteCount(string name, SafetensorsType type, IReadOnlyList<long> shape)
    {
        long bits = type.Bits();
        foreach (long dimension in shape)
        {
            if (dimension < 0) throw new ArgumentException($"Tensor '{name}': found dimension {dimension}, expected zero or more.", nameof(shape));
            bits = checked(bits * dimension);
        }

        if (bits % 8 != 0) throw new ArgumentException($"Tensor '{name}': found {bits} bits, expected whole bytes.", nameof(shape));
        return bits / 8;
    }

    private static byte[] WriteHeader((byte[] Name, TensorInfo Info)[] sorted, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(SafetensorsHeader.MetadataKey);
                foreach ((string key, string value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((_, TensorInfo info) in sorted)
            {
                json.WriteStartObject(info.Name);
                json.WriteString("dtype", info.Type.HeaderName());
                json.WriteStartArray("shape");
                foreach (long dimension in info.Shape) json.WriteNumberValue(dimension);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset = checked(offset + info.Bytes));
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padded = (buffer.WrittenCount + 7) / 8 * 8;
        if (padded > SafetensorsHeader.MaxHeaderBytes)
            throw new ArgumentException($"The header would take {padded} bytes, more than the {SafetensorsHeader.MaxHeaderBytes} the format allows; write several files.");
        byte[] header = new byte[SafetensorsHeader.PrefixBytes + padded];
        BinaryPrimitives.WriteUInt64LittleEndian(header, (ulong)padded);
        buffer.WrittenSpan.CopyTo(header.AsSpan(SafetensorsHeader.PrefixBytes));
        header.AsSpan(SafetensorsHeader.PrefixBytes + buffer.WrittenCount).Fill((byte)' ');
        return header;
    }

    private static byte[] NameBytes(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name == SafetensorsHeader.MetadataKey) throw new ArgumentException($"'{SafetensorsHeader.MetadataKey}' cannot be a tensor's name; the format keeps it for metadata.", nameof(name));
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(name);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("A tensor's name holds half of a surrogate pair, which UTF-8 cannot write; use well-formed text.", nameof(name));
        }
    }
}
