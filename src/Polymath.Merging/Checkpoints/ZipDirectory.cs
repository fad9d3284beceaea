using System.Buffers.Binary;
using System.Text;

namespace Polymath.Merging.Checkpoints;

/// <summary>Where the uncompressed files of a ZIP archive lie, so that they can be read in place. PyTorch stores without compression.</summary>
internal static class ZipDirectory
{
    private const uint EndSignature = 0x06054b50, End64Signature = 0x06064b50, EntrySignature = 0x02014b50;
    private const int EndBytes = 22, Locator64Bytes = 20, End64Bytes = 56, EntryBytes = 46, LocalBytes = 30, LongestComment = 65535;

    /// <summary>Offset and length of every file by name.</summary>
    /// <param name="path">The archive, for messages.</param>
    /// <param name="stream">The archive.</param>
    /// <exception cref="MergeException">It is no archive, is cut off, or holds compressed files.</exception>
    public static IReadOnlyDictionary<string, (long Offset, long Length)> Read(string path, Stream stream)
    {
        try
        {
            (long start, long count) = FindDirectory(path, stream);
            var files = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
            for (long i = 0; i < count; i++)
            {
                byte[] entry = Bytes(stream, start, EntryBytes);
                if (U32(entry, 0) != EntrySignature) throw new EndOfStreamException();
                int nameLength = U16(entry, 28), extraLength = U16(entry, 30);
                string name = Encoding.UTF8.GetString(Bytes(stream, start + EntryBytes, nameLength));
                long packed = U32(entry, 20), length = U32(entry, 24), local = U32(entry, 42);
                Widen(Bytes(stream, start + EntryBytes + nameLength, extraLength), ref length, ref packed, ref local);
                if (U16(entry, 10) != 0 || packed != length) throw new MergeException($"{path}: '{name}' is compressed, expected a file of PyTorch, which stores its tensors as they are.");
                byte[] header = Bytes(stream, local, LocalBytes);
                long offset = local + LocalBytes + U16(header, 26) + U16(header, 28);
                if (length < 0 || offset > stream.Length - length) throw new EndOfStreamException();
                files[name] = (offset, length);
                start += EntryBytes + nameLength + extraLength + U16(entry, 32);
            }

            return files;
        }
        catch (EndOfStreamException exception)
        {
            throw new MergeException($"{path}: the archive is damaged or cut off.", exception);
        }
    }

    private static (long Start, long Count) FindDirectory(string path, Stream stream)
    {
        int tail = (int)Math.Min(stream.Length, EndBytes + LongestComment);
        byte[] bytes = Bytes(stream, stream.Length - tail, tail);
        for (int at = tail - EndBytes; at >= 0; at--)
        {
            if (U32(bytes, at) != EndSignature) continue;
            long start = U32(bytes, at + 16), count = U16(bytes, at + 10);
            if (start != uint.MaxValue && count != ushort.MaxValue) return (start, count);
            byte[] locator = Bytes(stream, stream.Length - tail + at - Locator64Bytes, Locator64Bytes), end = Bytes(stream, BinaryPrimitives.ReadInt64LittleEndian(locator.AsSpan(8)), End64Bytes);
            if (U32(end, 0) != End64Signature) throw new EndOfStreamException();
            return (BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(48)), BinaryPrimitives.ReadInt64LittleEndian(end.AsSpan(32)));
        }

        throw new MergeException($"{path}: the archive has no directory at its end; it is cut off.");
    }

    // Fields of all ones stand in an extra field of 64-bit numbers, in this order.
    private static void Widen(byte[] extra, ref long length, ref long packed, ref long local)
    {
        for (int at = 0; at + 4 <= extra.Length; at += 4 + U16(extra, at + 2))
        {
            if (U16(extra, at) != 1) continue;
            int next = at + 4;
            foreach (int field in (int[])[0, 1, 2])
            {
                ref long value = ref length;
                if (field == 1) value = ref packed;
                if (field == 2) value = ref local;
                if (value != uint.MaxValue) continue;
                if (next + 8 > extra.Length) throw new EndOfStreamException();
                value = BinaryPrimitives.ReadInt64LittleEndian(extra.AsSpan(next));
                next += 8;
            }
        }
    }

    private static byte[] Bytes(Stream stream, long offset, int count)
    {
        if (offset < 0 || offset > stream.Length - count) throw new EndOfStreamException();
        byte[] bytes = new byte[count];
        stream.Position = offset;
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static ushort U16(byte[] bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at));

    private static uint U32(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at));
}
