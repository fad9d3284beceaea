using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Polymath.Tensors.Safetensors;

/// <summary>
/// A safetensors file, memory-mapped and lazy: opening reads and validates the header only; a tensor's bytes are paged in
/// when they are read, so a file larger than memory can be worked through tensor by tensor.
/// </summary>
/// <remarks>
/// Every rule of the reference reader (huggingface/safetensors) is enforced, in its order, plus unique names. Reading is thread-safe;
/// a span given out is only valid until <see cref="Dispose"/>. Do not truncate the file while it is open.
/// </remarks>
/// <example><code>
/// using var file = SafetensorsFile.Open("model.safetensors");
/// var weight = new float[file["trunk.0.weight"].Elements];
/// file.ReadFloat32("trunk.0.weight", weight);
/// </code></example>
public sealed unsafe class SafetensorsFile : IDisposable
{
    private readonly MemoryMappedFile _map;
    private readonly MemoryMappedViewAccessor _view;
    private readonly Dictionary<string, TensorInfo> _tensors;
    private byte* _start;

    private SafetensorsFile(string path, FileStream stream)
    {
        Path = path;
        Length = stream.Length;
        _map = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        _view = _map.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
        try
        {
            int headerBytes = SafetensorsHeader.ReadLength(path, new ReadOnlySpan<byte>(_start, SafetensorsHeader.PrefixBytes), Length);
            SafetensorsHeader header = SafetensorsHeader.Parse(path, new ReadOnlySpan<byte>(_start + SafetensorsHeader.PrefixBytes, headerBytes), Length);
            Metadata = header.Metadata;
            Names = Array.ConvertAll(header.Tensors, tensor => tensor.Name);
            _tensors = header.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        }
        catch
        {
            Dispose();
            throw;
        }
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
            // Fewer bytes than the prefix cannot be mapped (an empty file) or read safely; the rule is the same.
            if (stream.Length < SafetensorsHeader.PrefixBytes) _ = SafetensorsHeader.ReadLength(path, [], stream.Length);
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
        if (_start == null) return;
        _start = null;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _map.Dispose();
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

    // In pieces, because a span of doubles that fits may stand for more bytes than a span can hold.
    private void Convert<T>(TensorInfo info, long start, Span<T> destination, ElementConversion.Converter<T> convert)
    {
        const int Piece = 1 << 20;
        int width = info.Type.Bits() / 8;
        for (int done = 0; done < destination.Length; done += Piece)
        {
            int count = Math.Min(Piece, destination.Length - done);
            convert(Slice(info, (start + done) * width, count * width), destination.Slice(done, count));
        }
    }

    private TensorInfo Range(string name, long start, int count, bool whole)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        TensorInfo info = GetInfo(name);
        if (whole && count != info.Elements) throw new ArgumentException($"The destination holds {count} elements, but tensor {info} has {info.Elements}; make them equal.", nameof(count));
        if (start < 0 || start > info.Elements - count) throw new ArgumentOutOfRangeException(nameof(start), $"Elements {start} to {start + count} were asked for, but tensor {info} has {info.Elements}.");
        return info;
    }

    private ReadOnlySpan<byte> Slice(TensorInfo info, long offset, int length)
    {
        ObjectDisposedException.ThrowIf(_start == null, this);
        if (length < 0 || offset < 0 || offset > info.Bytes - length) throw new ArgumentOutOfRangeException(nameof(offset), $"Bytes {offset} to {offset + length} were asked for, but tensor {info} has {info.Bytes}.");
        return MemoryMarshal.CreateReadOnlySpan(ref *(_start + info.Offset + offset), length);
    }

    private SafetensorsException Unsupported(TensorInfo info, string wanted)
        => new(SafetensorsErrorKind.UnsupportedConversion, Path, info.Name, $"is {info.Type.HeaderName()} and cannot be read as {wanted}; read its bytes instead");
}
