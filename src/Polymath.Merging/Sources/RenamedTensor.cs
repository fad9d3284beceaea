namespace Polymath.Merging.Sources;

/// <summary>A tensor under another name.</summary>
/// <param name="inner">The tensor.</param>
/// <param name="name">Its name in the model.</param>
public sealed class RenamedTensor(SourceTensor inner, string name) : SourceTensor(name, (inner ?? throw new ArgumentNullException(nameof(inner))).Type, inner.Shape)
{

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination) => inner.Read(start, destination);

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination) => inner.ReadBytes(offset, destination);
}
