using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Sources;

/// <summary>A tensor of a safetensors file, read from the file piece by piece.</summary>
public sealed class StoredTensor : SourceTensor
{
    private readonly SafetensorsFile _file;
    private readonly string _stored;

    /// <summary>A tensor of an open file.</summary>
    /// <param name="file">The file; it must stay open.</param>
    /// <param name="stored">The name in the file.</param>
    /// <param name="name">The name in the model, when it differs.</param>
    public StoredTensor(SafetensorsFile file, string stored, string? name = null)
        : base(name ?? stored, (file ?? throw new ArgumentNullException(nameof(file))).GetInfo(stored).Type, file.GetInfo(stored).Shape)
    {
        _file = file;
        _stored = stored;
    }

    /// <summary>The file's path.</summary>
    public string Path => _file.Path;

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination) => _file.ReadFloat32(_stored, start, destination);

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination) => _file.ReadBytes(_stored, offset, destination);
}
