using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>
/// A PyTorch file of tensors (.bin, .pt, .pth, .th; the archive of today and the form before version 1.6), opened without running anything that is
/// in it: see <see cref="PickleMachine"/>. Weights are read when they are asked for.
/// </summary>
/// <remarks>A state dictionary inside another dictionary (with an epoch or an optimizer beside it) is found; <c>module.</c> before every name, which data-parallel training leaves, is taken off.</remarks>
/// <example><code>
/// using TorchFile file = TorchFile.Open("resnet20.th");
/// SourceTensor weight = file.Tensors[0];
/// </code></example>
public sealed class TorchFile : IDisposable
{
    internal static readonly string[] Extensions = [".bin", ".pt", ".pth", ".th", ".ckpt"];
    private static readonly string[] StateKeys = ["state_dict", "model_state_dict", "model", "module", "net"];
    private static readonly BigInteger LegacyMagic = BigInteger.Parse("119547037146038801333356", System.Globalization.CultureInfo.InvariantCulture);
    private const string ParallelPrefix = "module.", PickleName = "data.pkl";

    private readonly SafeFileHandle _handle;

    private TorchFile(string path, SafeFileHandle handle, IReadOnlyList<SourceTensor> tensors) => (Path, _handle, Tensors) = (path, handle, tensors);

    /// <summary>The path.</summary>
    public string Path { get; }

    /// <summary>The tensors in the order of the state dictionary.</summary>
    public IReadOnlyList<SourceTensor> Tensors { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file; it stays open until <see cref="Dispose"/>.</param>
    /// <exception cref="MergeException">It is no PyTorch file of tensors, is damaged, or asks for what is not needed for tensors.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TorchFile Open(string path)
    {
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            byte[] start = new byte[Math.Min(4, stream.Length)];
            stream.ReadExactly(start);
            bool archive = start.AsSpan().SequenceEqual("PK\u0003\u0004"u8);
            if (!archive && (start.Length < 2 || start[0] != 0x80)) throw new MergeException($"{path}: is no PyTorch file, expected an archive or a pickle.");
            stream.Position = 0;
            (object? root, Func<TorchStorage, (long Offset, long Length)> locate) = archive ? Archive(path, stream) : Legacy(path, stream);
            return new TorchFile(path, handle, [.. StateOf(path, root).Select(entry => Tensor(path, handle, entry.Name, entry.Array, locate(entry.Array.Storage)))]);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static (object? Root, Func<TorchStorage, (long Offset, long Length)> Locate) Archive(string path, FileStream stream)
    {
        IReadOnlyDictionary<string, (long Offset, long Length)> files = ZipDirectory.Read(path, stream);
        string pickle = files.Keys.FirstOrDefault(name => name == PickleName || name.EndsWith("/" + PickleName, StringComparison.Ordinal)) ?? throw new MergeException($"{path}: the archive holds no {PickleName}, expected a file that torch.save wrote.");
        string folder = pickle[..^PickleName.Length];
        if (files.TryGetValue(folder + "byteorder", out (long Offset, long Length) order))
        {
            stream.Position = order.Offset;
            if (stream.ReadByte() != 'l') throw new MergeException($"{path}: the elements are big-endian, expected little-endian.");
        }

        stream.Position = files[pickle].Offset;
        return (new PickleMachine(path, stream).Read(), storage => files.TryGetValue($"{folder}data/{storage.Key}", out (long Offset, long Length) place) ? place : throw new MergeException($"{path}: storage '{storage.Key}' is not in the archive; it is damaged."));
    }

    // Three pickles (magic number, version, system), the object, the names of the storages; then each storage as a count and its elements.
    private static (object? Root, Func<TorchStorage, (long Offset, long Length)> Locate) Legacy(string path, FileStream stream)
    {
        var machine = new PickleMachine(path, stream);
        if (machine.Read() is not BigInteger magic || magic != LegacyMagic) throw new MergeException($"{path}: is a pickle, but not one of PyTorch.");
        _ = machine.Read();
        if (machine.Read() is Dictionary<object, object?> system && system.GetValueOrDefault("little_endian") is false) throw new MergeException($"{path}: the elements are big-endian, expected little-endian.");
        object? root = machine.Read();
        string[] keys = [.. (machine.Read() as List<object?> ?? []).OfType<string>()];
        Dictionary<string, int> widths = StateOf(path, root, all: true).GroupBy(entry => entry.Array.Storage.Key).ToDictionary(group => group.Key, group => (group.First().Array.Storage.Type ?? SafetensorsType.U8).Bits() / 8, StringComparer.Ordinal);
        var places = new Dictionary<string, (long Offset, long Length)>(StringComparer.Ordinal);
        byte[] count = new byte[8];
        foreach (string key in keys)
        {
            if (!widths.TryGetValue(key, out int width)) throw new MergeException($"{path}: storage '{key}' belongs to no tensor of a dictionary, so its size is not known; save only the state_dict.");
            if (stream.Length - stream.Position < 8) throw new MergeException($"{path}: the file is cut off before storage '{key}'.");
            stream.ReadExactly(count);
            long elements = BinaryPrimitives.ReadInt64LittleEndian(count);
            if (elements < 0 || elements > (stream.Length - stream.Position) / width) throw new MergeException($"{path}: the file is cut off in storage '{key}'.");
            places[key] = (stream.Position, elements * width);
            stream.Position += elements * width;
        }

        return (root, storage => places.TryGetValue(storage.Key, out (long Offset, long Length) place) ? place : throw new MergeException($"{path}: storage '{storage.Key}' is not in the file; it is damaged."));
    }

    private static List<(string Name, TorchArray Array)> StateOf(string path, object? root, bool all = false)
    {
        var found = new List<(string Name, TorchArray Array)>();
        if (root is not Dictionary<object, object?> map) throw new MergeException($"{path}: holds no dictionary of tensors, expected a state_dict.");
        if (all)
        {
            Collect(map, found, []);
            return found;
        }

        if (!map.Values.Any(value => value is TorchArray))
        {
            Dictionary<object, object?>[] inner = [.. map.Values.OfType<Dictionary<object, object?>>().Where(value => value.Values.Any(item => item is TorchArray))];
            map = StateKeys.Select(key => map.GetValueOrDefault(key) as Dictionary<object, object?>).FirstOrDefault(value => value is not null && inner.Contains(value)) ?? (inner.Length == 1 ? inner[0]
                : throw new MergeException($"{path}: {inner.Length} of its entries are dictionaries of tensors ({string.Join(", ", map.Keys)}), expected one, or one called state_dict."));
        }

        foreach ((object key, object? value) in map)
        {
            if (value is TorchArray array && key is string name) found.Add((name, array));
        }

        return found.All(entry => entry.Name.StartsWith(ParallelPrefix, StringComparison.Ordinal)) ? [.. found.Select(entry => (entry.Name[ParallelPrefix.Length..], entry.Array))] : found;
    }

    // Every tensor in nested containers; a container may be its own descendant.
    private static void Collect(object? value, List<(string Name, TorchArray Array)> found, HashSet<object> seen)
    {
        var open = new Stack<object?>([value]);
        while (open.TryPop(out object? next))
        {
            if (next is TorchArray array) found.Add((string.Empty, array));
            if (next is not (Dictionary<object, object?> or List<object?> or object?[]) || !seen.Add(next)) continue;
            foreach (object? item in next is Dictionary<object, object?> map ? map.Values : (IEnumerable<object?>)next) open.Push(item);
        }
    }

    private static TorchTensor Tensor(string path, SafeFileHandle handle, string name, TorchArray array, (long Offset, long Length) place)
    {
        int width = (array.Storage.Type ?? SafetensorsType.U8).Bits() / 8;
        if (array.Storage.Elements > place.Length / width) throw new MergeException($"{path}: tensor '{name}' needs {array.Storage.Elements} elements of storage '{array.Storage.Key}', which has {place.Length} bytes; the file is damaged.");
        return new(handle, name, array.Type, array.Shape, array.Strides, place.Offset + (array.Offset * array.Type.Bits() / 8));
    }
}
