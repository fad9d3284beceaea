using System.Buffers.Binary;
using System.IO.Compression;

namespace Polymath.Data.Sources;

/// <summary>
/// Decompresses a gzip file and notices when it was cut off. The framework's stream ends quietly in that case, which would
/// silently lose rows; here the end is compared with the length kept in the last four bytes of the file (RFC 1952, ISIZE).
/// </summary>
internal sealed class CheckedGzipStream : Stream
{
    private const int ShortestGzip = 18, HeaderLength = 10;
    private readonly FileStream _file;
    private readonly GZipStream _inner;
    private readonly uint _storedLength;
    private long _total;

    public CheckedGzipStream(FileStream file)
    {
        if (file.Length < ShortestGzip) throw new InvalidDataException("shorter than an empty gzip file");
        Span<byte> tail = stackalloc byte[4];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        _storedLength = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        file.Position = 0;
        _file = file;
        _inner = new GZipStream(file, CompressionMode.Decompress);
    }

    /// <summary>How much of the compressed file has been read, from 0 to 1.</summary>
    public double Progress => (double)_file.Position / _file.Length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _total; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int read = _inner.Read(buffer);
        _total += read;
        if (read == 0 && buffer.Length > 0 && (uint)_total != _storedLength && !HasSecondMember())
            throw new InvalidDataException("the data ends before the length stored in the file");
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>
    /// Files made of several gzip members (concatenated, bgzip) store only the last member's length, so the check does not apply
    /// to them. Looked for only when the lengths differ: a byte sequence that is a plausible member header after the first.
    /// </summary>
    private bool HasSecondMember()
    {
        byte[] block = new byte[1 << 16];
        _file.Position = HeaderLength;
        int kept = 0;
        for (int read = _file.Read(block, 0, block.Length); read > 0; read = _file.Read(block, kept, block.Length - kept))
        {
            int filled = kept + read;
            for (int i = 0; i + HeaderLength <= filled; i++)
            {
                if (IsMemberHeader(block.AsSpan(i, HeaderLength))) return true;
            }

            kept = Math.Min(HeaderLength - 1, filled);
            Array.Copy(block, filled - kept, block, 0, kept);
        }

        return false;
    }

    private static bool IsMemberHeader(ReadOnlySpan<byte> bytes) =>
        bytes[0] == 0x1F && bytes[1] == 0x8B && bytes[2] == 8 && bytes[3] <= 0x1F && (bytes[8] is 0 or 2 or 4) && (bytes[9] is <= 13 or 255);
}
