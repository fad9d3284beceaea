using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace Polymath.Tensors.Safetensors;

/// <summary>Parses and validates a header in the reference reader's order of checks (huggingface/safetensors, tensor.rs).</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The format's limit on the header, in bytes.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    /// <summary>Bytes of the length that precedes the header.</summary>
    public const int PrefixBytes = 8;

    /// <summary>The key of the string-to-string map that is not a tensor.</summary>
    public const string MetadataKey = "__metadata__";

    private const int MaxJsonDepth = 127;

    private readonly string _path;
    private readonly List<Draft> _drafts = [];

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>Tensors by position in the file.</summary>
    public TensorInfo[] Tensors { get; private set; } = [];

    /// <summary>The free key-value pairs.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>Checks the length prefix (rules 1 to 3) and gives the number of header bytes.</summary>
    public static int ReadLength(string path, ReadOnlySpan<byte> prefix, long fileLength)
    {
        if (fileLength < PrefixBytes)
            throw new SafetensorsException(SafetensorsErrorKind.HeaderTooSmall, path, null, $"found a file of {fileLength} bytes, expected at least the {PrefixBytes} bytes of the header length");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxHeaderBytes)
            throw new SafetensorsException(SafetensorsErrorKind.HeaderTooLarge, path, null, $"found a header length of {length} bytes, expected at most {MaxHeaderBytes}; this is probably not a safetensors file");
        if ((long)length + PrefixBytes > fileLength)
            throw new SafetensorsException(SafetensorsErrorKind.InvalidHeaderLength, path, null, $"found a file of {fileLength} bytes, expected at least {length + PrefixBytes} for the header alone; the file is truncated or not a safetensors file");
        return (int)length;
    }

    /// <summary>Parses the header's JSON and validates it against the file length (rules 4 to 10).</summary>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        if (!Utf8.IsValid(json))
            throw new SafetensorsException(SafetensorsErrorKind.InvalidHeader, path, null, "found a header that is not UTF-8, expected UTF-8 JSON");
        var header = new SafetensorsHeader(path);
        try
        {
            header.ReadObject(json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperationException: a string holds half of a surrogate pair as an escape.
            throw new SafetensorsException(SafetensorsErrorKind.InvalidHeaderDeserialization, path, null, $"found a header that is not valid JSON ({error.Message.TrimEnd('.')}), expected an object of tensors", error);
        }

        header.Validate(PrefixBytes + json.Length, fileLength);
        return header;
    }

    private void ReadObject(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw Malformed(null, "the header is not a JSON object", "an object of tensors");
        var names = new HashSet<string>(StringComparer.Ordinal);
        bool metadataSeen = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (name == MetadataKey)
            {
                if (metadataSeen) throw Malformed(null, $"'{MetadataKey}' appears twice", "it at most once");
                metadataSeen = true;
                ReadMetadata(ref reader);
                continue;
            }

            if (!names.Add(name))
                throw new SafetensorsException(SafetensorsErrorKind.DuplicateKey, _path, name, "appears more than once in the header, expected unique names");
            _drafts.Add(ReadTensor(name, ref reader));
        }

        reader.Read(); // throws when anything but whitespace follows the object
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return;
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed(null, $"'{MetadataKey}' is not an object", "a map from string to string");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Malformed(null, $"the value of '{MetadataKey}' key '{SafetensorsException.Shorten(key)}' is not a string", "a map from string to string");
            Metadata[key] = reader.GetString()!;
        }
    }

    private Draft ReadTensor(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed(name, "is not described by an object", "{dtype, shape, data_offsets}");
        SafetensorsType? type = null;
        long[]? shape = null;
        long[]? offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            bool twice = false;
            switch (field)
            {
                case "dtype": twice = type is not null; type = ReadType(name, ref reader); break;
                case "shape": twice = shape is not null; shape = ReadNumbers(name, field, ref reader); break;
                case "data_offsets": twice = offsets is not null; offsets = ReadNumbers(name, field, ref reader); break;
                default: reader.Skip(); break; // the reference ignores fields it does not know
            }

            if (twice) throw Malformed(name, $"has '{field}' twice", "each field once");
        }

        if (type is null || shape is null || offsets is null) throw Malformed(name, $"lacks '{(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}'", "dtype, shape and data_offsets");
        if (offsets.Length != 2) throw Malformed(name, $"has {offsets.Length} data_offsets", "two: begin and end");
        return new Draft(name, type.Value, shape, (ulong)offsets[0], (ulong)offsets[1]);
    }

    private SafetensorsType ReadType(string name, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String) throw Malformed(name, "has a dtype that is not a string", "a type name such as F32");
        string text = reader.GetString()!;
        return SafetensorsTypes.TryParse(text, out SafetensorsType type) ? type : throw Malformed(name, $"has the unknown dtype '{SafetensorsException.Shorten(text)}'", "a type of the format such as F32, F16, BF16 or I64");
    }

    // Numbers are unsigned 64-bit in the format; they are kept as their bits and compared unsigned until validated.
    private long[] ReadNumbers(string name, string field, ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw Malformed(name, $"has a {field} that is not a list", "a list of non-negative integers");
        Utf8JsonReader ahead = reader;
        int count = 0;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.Number) count++;
        long[] numbers = count == 0 ? [] : new long[count];
        for (int i = 0; i < count; i++)
        {
            reader.Read();
            if (!reader.TryGetUInt64(out ulong number) || reader.ValueSpan[0] == (byte)'-') throw Malformed(name, $"has a {field} with an entry that is not a non-negative 64-bit integer", "a list of non-negative integers");
            numbers[i] = unchecked((long)number);
        }

        reader.Read();
        if (reader.TokenType != JsonTokenType.EndArray) throw Malformed(name, $"has a {field} with an entry that is not a number", "a list of non-negative integers");
        return numbers;
    }

    private void Validate(long dataStart, long fileLength)
    {
        Draft[] drafts = [.. _drafts.OrderBy(draft => draft.Begin).ThenBy(draft => draft.End)];
        Tensors = new TensorInfo[drafts.Length];
        ulong previousEnd = 0;
        for (int i = 0; i < drafts.Length; i++)
        {
            Draft draft = drafts[i];
            if (draft.Begin != previousEnd || draft.End < draft.Begin)
                throw new SafetensorsException(SafetensorsErrorKind.InvalidOffset, _path, draft.Name, $"has data_offsets [{draft.Begin}, {draft.End}], expected it to begin at {previousEnd}, where the previous tensor ends, and not to end before that");
            previousEnd = draft.End;
            ulong bytes = ByteCount(draft);
            if (draft.End - draft.Begin != bytes)
                throw new SafetensorsException(SafetensorsErrorKind.TensorInvalidInfo, _path, draft.Name, $"has {draft.End - draft.Begin} bytes of data, expected {bytes} for {draft.Type.HeaderName()} of its shape");
            Tensors[i] = new TensorInfo(draft.Name, draft.Type, draft.Shape, dataStart + unchecked((long)draft.Begin), unchecked((long)bytes));
        }

        ulong available = (ulong)(fileLength - dataStart);
        if (previousEnd != available)
            throw new SafetensorsException(SafetensorsErrorKind.MetadataIncompleteBuffer, _path, null, $"found {available} bytes after the header, expected {previousEnd} from the tensors it lists; the file is {(available < previousEnd ? "truncated" : "followed by other data")}");
    }

    private ulong ByteCount(Draft draft)
    {
        try
        {
            ulong elements = 1;
            bool representable = true;
            foreach (long dimension in draft.Shape)
            {
                elements = checked(elements * unchecked((ulong)dimension));
                representable &= dimension >= 0;
            }

            ulong bits = checked(elements * (ulong)draft.Type.Bits());
            if (!representable) throw new OverflowException();
            if (bits % 8 != 0)
                throw new SafetensorsException(SafetensorsErrorKind.MisalignedSlice, _path, draft.Name, $"has {bits} bits of {draft.Type.HeaderName()}, expected a multiple of 8");
            return bits / 8;
        }
        catch (OverflowException)
        {
            throw new SafetensorsException(SafetensorsErrorKind.ValidationOverflow, _path, draft.Name, "has a shape whose size overflows 64 bits, expected a size that fits the file");
        }
    }

    private SafetensorsException Malformed(string? tensor, string found, string expected)
        => new(SafetensorsErrorKind.InvalidHeaderDeserialization, _path, tensor, $"{found}, expected {expected}");

    private readonly record struct Draft(string Name, SafetensorsType Type, long[] Shape, ulong Begin, ulong End);
}
