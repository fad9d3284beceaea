using System.Text;

namespace Polymath.Data.Sources;

/// <summary>A delimited UTF-8 text file, gzip-compressed or not (told by its first bytes, not by its name).</summary>
internal sealed class CsvSource : RowSource
{
    private const int BufferSize = 1 << 17;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ReadOptions _options;
    private char? _delimiter;

    public CsvSource(string path, ReadOptions options)
    {
        Name = path;
        _options = options;
    }

    public override string Name { get; }

    public override string NoRows => "has a header but no rows, expected at least one";

    public override RowReader Open()
    {
        if (Directory.Exists(Name)) throw new TableException($"{Name}: is a folder, expected a file.", Name);
        if (!File.Exists(Name)) throw new TableException($"{Name}: no such file{NearestFile()}", Name);
        try
        {
            _delimiter ??= _options.Delimiter ?? CsvDialect.DetectDelimiter(this, _options);
            return new CsvRowReader(this, _options, _delimiter.Value);
        }
        catch (Exception cause) when (Explain(cause) is { } explained)
        {
            throw explained;
        }
    }

    /// <summary>Text of the file; invalid bytes raise <see cref="DecoderFallbackException"/> on reading.</summary>
    public StreamReader OpenText() => new(OpenBytes(), StrictUtf8, detectEncodingFromByteOrderMarks: true, BufferSize);

    /// <summary>How much of the file has been read, from 0 to 1.</summary>
    public static double Progress(StreamReader text) => text.BaseStream switch
    {
        CheckedGzipStream compressed => compressed.Progress,
        Stream plain => plain.Length == 0 ? 1 : (double)plain.Position / plain.Length,
    };

    /// <summary>Turns what a stream, the decompressor or the decoder throws into one sentence; null for anything else.</summary>
    public TableException? Explain(Exception cause) => cause switch
    {
        DecoderFallbackException => InvalidText(cause),
        InvalidDataException => new TableException($"{Name}: the gzip data is corrupt or cut off, expected a complete gzip file.", Name, inner: cause),
        UnauthorizedAccessException => new TableException($"{Name}: no permission to read the file.", Name, inner: cause),
        IOException => new TableException($"{Name}: cannot be read: {cause.Message}", Name, inner: cause),
        _ => null,
    };

    private Stream OpenBytes()
    {
        var file = new FileStream(Name, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        try
        {
            Span<byte> first = stackalloc byte[4];
            first = first[..file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)];
            if (first.SequenceEqual("PK\u0003\u0004"u8)) throw new TableException($"{Name}: is an Excel workbook or a zip archive, expected text; export the sheet as CSV, or unpack the archive.", Name);
            file.Position = 0;
            return first.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]) ? new CheckedGzipStream(file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private TableException InvalidText(Exception cause)
    {
        // The decoder does not know lines; a second look at the bytes, line by line, does.
        using Stream bytes = OpenBytes();
        var line = new List<byte>();
        long number = 1;
        for (int next = bytes.ReadByte(); next >= 0; next = bytes.ReadByte())
        {
            if (next != '\n')
            {
                line.Add((byte)next);
                continue;
            }

            if (!System.Text.Unicode.Utf8.IsValid(line.ToArray())) break;
            line.Clear();
            number++;
        }

        return new TableException($"{Name}, line {number}: found bytes that are not UTF-8 text; save the file as UTF-8.", Name, number, inner: cause);
    }

    private string NearestFile()
    {
        string? folder = Path.GetDirectoryName(Path.GetFullPath(Name));
        if (folder is null || !Directory.Exists(folder)) return $"; the folder {folder} does not exist either.";
        try
        {
            string? near = Suggestion.Nearest(Path.GetFileName(Name), Directory.EnumerateFiles(folder).Take(10_000).Select(path => Path.GetFileName(path)));
            return near is null ? "." : $"; did you mean '{near}'?";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ".";
        }
    }
}
