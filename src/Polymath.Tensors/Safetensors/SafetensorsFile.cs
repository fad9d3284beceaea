using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Polymath.Tensors.Safetensors;

/// <summary>
/// A safetensors file, opened lazily: opening reads and validates the header only. Elements are read piece by piece into the caller's memory, so a
/// file larger than memory can be worked through with little of it; raw bytes are also given as spans over a memory map.
/// </summary>
/// <remarks>
/// Every rule of the reference reader (huggingface/safetensors) is enforced, in its order, plus unique names. Reading is thread-safe;
/// a span given out is only valid until <see cref="Dispose"/>. The map is made when the first span is asked for; do not truncate the file
/// from then on (before, a read of a truncated file is an exception).
/// </remarks>
/// <example><code>
/// using var file = SafetensorsFile.Open("model.safetensors");
/// var weight = new float[file["trunk.0.weight"].Elements];
/// file.ReadFloat32("trunk.0.weight", weight);
/// </code></example>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private const int PieceBytes = 1 << 18;
    private readonly FileStream _stream;
    private readonly Dictionary<string, TensorInfo> _tensors;
    private readonly Lock _gate = new();
    private MemoryMappedFile? _map;
    private MemoryMappedViewAccessor? _view;
    private byte* _start;
    private bool _disposed;

    private SafetensorsFile(string path, FileStream stream)
    {
        Path = path;
        _stream = stream;
        Length = stream.Length;
        SafetensorsHeader header = ReadHeader();
        Metadata = header.Metadata;
        Names = Array.ConvertAll(header.Tensors, tensor => tensor.Name);
        _tensors = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    /// <summary>The path given to <see cref="Open"/>.</summary>
    public string Path { get; }

    /// <summary>Bytes of the whole file.</summary>
    public long Length { get; }

    /// <summary>Names of the tensors in the order of their data in the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The header's free key-value pairs; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens and validates a file.</summary>
    /// <param name="path">The file; it stays open until <see cref="Dispose"/>.</param>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    /// <exception cref="IOException">The file is missing or cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Safetensors files are little-endian; this machine is big-endian, which is not supported.");
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            return new SafetensorsFile(path, stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What the header says about a tensor.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public TensorInfo this[string name] => GetInfo(name);

    /// <summary>Whether the file holds a tensor of that name.</summary>
    public bool Contains(string name) => _tensors.ContainsKey(name);

    /// <summary>What the header says about a tensor.</summary>
    /// <exception cref="SafetensorsException">There is no such tensor.</exception>
    public TensorInfo GetInfo(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_tensors.TryGetValue(name, out TensorInfo? info)) return info;
        string held = Names.Count == 0 ? "the file holds no tensors" : $"expected one of its {Names.Count} tensors, such as '{SafetensorsException.Shorten(Names[0])}'";
        throw new SafetensorsException(SafetensorsErrorKind.TensorNotFound, Path, name, $"is not in the file; {held}");
    }

    /// <summary>All bytes of a tensor, mapped, not copied. Valid until the file is disposed.</summary>
    /// <exception cref="ArgumentException">The tensor is larger than a span can hold (2 GiB); read it in slices.</exception>
    public ReadOnlySpan<byte> Bytes(string name)
    {
        TensorInfo info = GetInfo(name);
        if (info.Bytes > int.MaxValue) throw new ArgumentException($"Tensor '{name}' has {info.Bytes} bytes, more than one span can hold; read it in slices with an offset and a length.", nameof(name));
        return Slice(info, 0, (int)info.Bytes);
    }

    /// <summary>Part of a tensor's bytes, mapped, not copied. Valid until the file is disposed.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">First byte, counted from the tensor's first.</param>
    /// <param name="length">Number of bytes.</param>
    public ReadOnlySpan<byte> Bytes(string name, long offset, int length) => Slice(GetInfo(name), offset, length);

    /// <summary>Reads part of a tensor's bytes into the caller's memory.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">First byte, counted from the tensor's first.</param>
    /// <param name="destination">Receives the bytes.</param>
    /// <exception cref="SafetensorsException">The file has become shorter since it was opened.</exception>
    public void ReadBytes(string name, long offset, Span<byte> destination) => ReadPart(GetInfo(name), offset, destination);

    /// <summary>Reads a whole floating-point, integer or boolean tensor as singles (F64 and wide integers are rounded to nearest even).</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="destination">Receives the elements in row-major order; its length must be the number of elements.</param>
    public void ReadFloat32(string name, Span<float> destination) => ReadFloat32(name, 0, destination, whole: true);

    /// <summary>Reads <c>destination.Length</c> elements from element <paramref name="start"/> on as singles.</summary>
    public void ReadFloat32(string name, long start, Span<float> destination) => ReadFloat32(name, start, destination, whole: false);

    /// <summary>Reads a whole floating-point, integer or boolean tensor as doubles.</summary>
    public void ReadFloat64(string name, Span<double> destination) => ReadFloat64(name, 0, destination, whole: true);

    /// <summary>Reads <c>destination.Length</c> elements from element <paramref name="start"/> on as doubles.</summary>
    public void ReadFloat64(string name, long start, Span<double> destination) => ReadFloat64(name, start, destination, whole: false);

    /// <summary>Reads a whole integer or boolean tensor as 64-bit integers.</summary>
    /// <exception cref="OverflowException">A U64 element is above the largest signed integer.</exception>
    public void ReadInt64(string name, Span<long> destination) => ReadInt64(name, 0, destination, whole: true);

    /// <summary>Reads <c>destination.Length</c> elements from element <paramref name="start"/> on as 64-bit integers.</summary>
    public void ReadInt64(string name, long start, Span<long> destination) => ReadInt64(name, start, destination, whole: false);

    /// <summary>Unmaps and closes the file; spans given out before must not be used any more.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_start != null) _view!.SafeMemoryMappedViewHandle.ReleasePointer();
        _start = null;
        _view?.Dispose();
        _map?.Dispose();
        _stream.Dispose();
    }

    // The text of a header may be long; it lives outside the heap for as long as it is parsed.
    private SafetensorsHeader ReadHeader()
    {
        Span<byte> prefix = stackalloc byte[SafetensorsHeader.PrefixBytes];
        prefix = prefix[..(int)Math.Min(Length, prefix.Length)];
        ReadAt(0, prefix);
        int length = SafetensorsHeader.ReadLength(Path, prefix, Length);
        void* memory = NativeMemory.Alloc((nuint)length);
        try
        {
            Span<byte> text = new(memory, length);
            ReadAt(SafetensorsHeader.PrefixBytes, text);
            return SafetensorsHeader.Parse(Path, text, Length);
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    private void ReadFloat32(string name, long start, Span<float> destination, bool whole)
    {
        TensorInfo info = Range(name, start, destination.Length, whole);
        if (!ElementConversion.TryGetFloat32(info.Type, out ElementConversion.Converter<float>? convert)) throw Unsupported(info, "singles");
        Convert(info, start, destination, convert);
    }

    private void ReadFloat64(string name, long start, Span<double> destination, bool whole)
    {
        TensorInfo info = Range(name, start, destination.Length, whole);
        if (!ElementConversion.TryGetFloat64(info.Type, out ElementConversion.Converter<double>? convert)) throw Unsupported(info, "doubles");
        Convert(info, start, destination, convert);
    }

    private void ReadInt64(string name, long start, Span<long> destination, bool whole)
    {
        TensorInfo info = Range(name, start, destination.Length, whole);
        if (!ElementConversion.TryGetInt64(info.Type, out ElementConversion.Converter<long>? convert)) throw Unsupported(info, "64-bit integers");
        Convert(info, start, destination, convert);
    }

    // In pieces that stay in a core's cache between reading and conversion; what needs no conversion is read in place.
    private void Convert<T>(TensorInfo info, long start, Span<T> destination, ElementConversion.Converter<T> convert)
        where T : unmanaged
    {
        int width = info.Type.Bits() / 8;
        if (info.Type == (typeof(T) == typeof(float) ? SafetensorsType.F32 : typeof(T) == typeof(double) ? SafetensorsType.F64 : SafetensorsType.I64))
        {
            for (int done = 0; done < destination.Length; done += PieceBytes)
            {
                Span<T> piece = destination.Slice(done, Math.Min(PieceBytes, destination.Length - done));
                ReadPart(info, (start + done) * width, MemoryMarshal.AsBytes(piece));
            }

            return;
        }

        byte[] raw = ArrayPool<byte>.Shared.Rent(Math.Min(PieceBytes, checked(destination.Length * width)));
        try
        {
            for (int done = 0, most = PieceBytes / width; done < destination.Length; done += most)
            {
                Span<T> piece = destination.Slice(done, Math.Min(most, destination.Length - done));
                Span<byte> bytes = raw.AsSpan(0, piece.Length * width);
                ReadPart(info, (start + done) * width, bytes);
                convert(bytes, piece);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(raw);
        }
    }

    private void ReadPart(TensorInfo info, long offset, Span<byte> destination)
    {
        RequirePart(info, offset, destination.Length);
        ReadAt(info.Offset + offset, destination);
    }

    private void ReadAt(long position, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_stream.SafeFileHandle, destination, position);
            if (read == 0) throw new SafetensorsException(SafetensorsErrorKind.MetadataIncompleteBuffer, Path, null, $"ended at byte {position} while it was read; it had {Length} bytes when it was opened");
            destination = destination[read..];
            position += read;
        }
    }

    private TensorInfo Range(string name, long start, int count, bool whole)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        TensorInfo info = GetInfo(name);
        if (whole && count != info.Elements) throw new ArgumentException($"The destination holds {count} elements, but tensor {info} has {info.Elements}; make them equal.", nameof(count));
        if (start < 0 || start > info.Elements - count) throw new ArgumentOutOfRangeException(nameof(start), $"Elements {start} to {start + count} were asked for, but tensor {info} has {info.Elements}.");
        return info;
    }

    private ReadOnlySpan<byte> Slice(TensorInfo info, long offset, int length)
    {
        RequirePart(info, offset, length);
        if (_start == null) Map();
        return MemoryMarshal.CreateReadOnlySpan(ref *(_start + info.Offset + offset), length);
    }

    private void Map()
    {
        lock (_gate)
        {
            if (_start != null) return;
            _map = MemoryMappedFile.CreateFromFile(_stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
            byte* pointer = null;
            _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
            _start = pointer + _view.PointerOffset;
        }
    }

    private void RequirePart(TensorInfo info, long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (length < 0 || offset < 0 || offset > info.Bytes - length) throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} were asked for, but tensor {info} has {info.Bytes}.");
    }

    private SafetensorsException Unsupported(TensorInfo info, string wanted)
        => new(SafetensorsErrorKind.UnsupportedConversion, Path, info.Name, $"is {info.Type.HeaderName()} and cannot be read as {wanted}; read its bytes instead");
}
