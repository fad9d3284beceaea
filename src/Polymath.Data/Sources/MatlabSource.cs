using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Polymath.Data.Sources;

/// <summary>
/// One real matrix of a MATLAB level 5 file (.mat, "MAT-File Format", MathWorks 2019): rows are rows, columns are c1, c2, ... or the
/// given names. <c>file.mat#name</c> picks a matrix; without a name the file must hold exactly one. Several research sets exist only so.
/// </summary>
internal sealed class MatlabSource : RowSource
{
    private const int HeaderLength = 128, MatrixType = 14, CompressedType = 15, DoubleClass = 6, LastNumericClass = 15, ComplexFlag = 0x0800;
    private readonly string _path;
    private readonly string? _matrix;
    private readonly ReadOptions _options;

    public MatlabSource(string source, ReadOptions options)
    {
        int hash = source.LastIndexOf('#');
        _path = hash < 0 ? source : source[..hash];
        _matrix = hash < 0 ? null : source[(hash + 1)..];
        _options = options;
        Name = source;
    }

    public override string Name { get; }

    public override string NoRows => "the matrix has no rows, expected at least one";

    /// <summary>True for a path that ends in .mat, with or without a matrix name.</summary>
    public static bool Recognises(string source) =>
        source.EndsWith(".mat", StringComparison.OrdinalIgnoreCase) || source.Contains(".mat#", StringComparison.OrdinalIgnoreCase);

    public override RowReader Open()
    {
        if (Directory.Exists(_path)) throw new TableException($"{Name}: is a folder, expected a file.", Name);
        if (!File.Exists(_path)) throw new TableException($"{Name}: no such file.", Name);
        try
        {
            return new MatlabRowReader(Find(File.ReadAllBytes(_path)), _options, Name);
        }
        catch (Exception cause) when (cause is ArgumentOutOfRangeException or InvalidDataException or EndOfStreamException or OverflowException)
        {
            throw new TableException($"{Name}: the MATLAB file is corrupt or cut off.", Name, inner: cause);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new TableException($"{Name}: cannot be read: {cause.Message}", Name, inner: cause);
        }
    }

    private MatlabMatrix Find(byte[] file)
    {
        bool level5 = file.Length >= HeaderLength && Encoding.ASCII.GetString(file, 0, 10) == "MATLAB 5.0" && file[126] == 'I' && file[127] == 'M';
        if (!level5) throw new TableException($"{Name}: is not a little-endian MATLAB level 5 file; save it with -v6 or -v7.", Name);
        var names = new List<string>();
        MatlabMatrix? found = null;
        for (int at = HeaderLength; at < file.Length;)
        {
            (int type, ReadOnlyMemory<byte> data, at) = Element(file, at, padded: false);
            if (type == CompressedType)
            {
                using var inflate = new ZLibStream(new MemoryStream(data.ToArray()), CompressionMode.Decompress);
                var plain = new MemoryStream();
                inflate.CopyTo(plain);
                (type, data, _) = Element(plain.ToArray(), 0, padded: false);
            }

            if (type != MatrixType || Matrix(data) is not { } matrix) continue;
            names.Add(matrix.Name);
            if (_matrix is null || matrix.Name == _matrix) found = matrix;
        }

        if (names.Count == 0) throw new TableException($"{Name}: holds no real numeric matrix, expected one.", Name);
        if (_matrix is null && names.Count > 1) throw new TableException($"{Name}: holds {names.Count} matrices ({string.Join(", ", names)}), expected the name of one after '#'.", Name);
        return found ?? throw new TableException($"{Name}: there is no matrix '{_matrix}'{Suggestion.Tail(_matrix!, names)}", Name);
    }

    /// <summary>A data element: type and length in 8 bytes, or both packed in 4 when the upper half of the first word is not zero.</summary>
    private static (int Type, ReadOnlyMemory<byte> Data, int Next) Element(ReadOnlyMemory<byte> bytes, int at, bool padded)
    {
        uint first = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[at..]);
        if (first >> 16 != 0) return ((int)(first & 0xFFFF), bytes.Slice(at + 4, (int)(first >> 16)), at + 8);
        int length = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[(at + 4)..]));
        int next = checked(at + 8 + length);
        return ((int)first, bytes.Slice(at + 8, length), padded ? checked(next + 7) / 8 * 8 : next);
    }

    /// <summary>Null for anything but a real, full, two-dimensional numeric matrix.</summary>
    private static MatlabMatrix? Matrix(ReadOnlyMemory<byte> data)
    {
        (_, ReadOnlyMemory<byte> flags, int at) = Element(data, 0, padded: true);
        uint flag = BinaryPrimitives.ReadUInt32LittleEndian(flags.Span);
        if ((flag & 0xFF) is < DoubleClass or > LastNumericClass || (flag & ComplexFlag) != 0) return null;
        (_, ReadOnlyMemory<byte> sizes, at) = Element(data, at, padded: true);
        if (sizes.Length != 8) return null;
        int rows = BinaryPrimitives.ReadInt32LittleEndian(sizes.Span), columns = BinaryPrimitives.ReadInt32LittleEndian(sizes.Span[4..]);
        (_, ReadOnlyMemory<byte> name, at) = Element(data, at, padded: true);
        (int type, ReadOnlyMemory<byte> values, _) = Element(data, at, padded: true);
        var matrix = new MatlabMatrix(Encoding.ASCII.GetString(name.Span), rows, columns, type, values);
        if (rows < 0 || columns < 0 || (long)rows * columns * matrix.ItemLength != values.Length) throw new InvalidDataException("sizes do not match the data");
        return matrix;
    }

    /// <summary>Values in column order, in the storage type the file chose.</summary>
    private sealed record MatlabMatrix(string Name, int Rows, int Columns, int Type, ReadOnlyMemory<byte> Values)
    {
        public int ItemLength => Type switch { 1 or 2 => 1, 3 or 4 => 2, 5 or 6 or 7 => 4, 9 or 12 or 13 => 8, _ => throw new InvalidDataException($"unknown storage type {Type}") };

        public string this[int row, int column]
        {
            get
            {
                ReadOnlySpan<byte> item = Values.Span[(int)((((long)column * Rows) + row) * ItemLength)..];
                double value = Type switch
                {
                    1 => (sbyte)item[0],
                    2 => item[0],
                    3 => BinaryPrimitives.ReadInt16LittleEndian(item),
                    4 => BinaryPrimitives.ReadUInt16LittleEndian(item),
                    5 => BinaryPrimitives.ReadInt32LittleEndian(item),
                    6 => BinaryPrimitives.ReadUInt32LittleEndian(item),
                    7 => BinaryPrimitives.ReadSingleLittleEndian(item),
                    12 => BinaryPrimitives.ReadInt64LittleEndian(item),
                    13 => BinaryPrimitives.ReadUInt64LittleEndian(item),
                    _ => BinaryPrimitives.ReadDoubleLittleEndian(item),
                };
                return value.ToString("R", CultureInfo.InvariantCulture);
            }
        }
    }

    private sealed class MatlabRowReader : RowReader
    {
        private readonly MatlabMatrix _matrix;
        private int _row = -1;

        public MatlabRowReader(MatlabMatrix matrix, ReadOptions options, string source)
        {
            _matrix = matrix;
            Names = options.ColumnNames ?? [.. Enumerable.Range(1, matrix.Columns).Select(i => $"c{i}")];
            if (Names.Count != matrix.Columns) throw new TableException($"{source}: the matrix has {matrix.Columns} columns, expected {Names.Count} as in the given column names.", source);
        }

        public override IReadOnlyList<string> Names { get; }

        public override string PositionWord => "row";

        public override long Position => _row + 1;

        public override long? Remaining => _matrix.Rows - _row - 1;

        public override bool Read() => ++_row < _matrix.Rows;

        public override bool TryField(int column, out ReadOnlySpan<char> text)
        {
            text = _matrix[_row, column];
            return true;
        }

        public override void Dispose()
        {
        }
    }
}
