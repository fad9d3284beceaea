namespace Polymath.Onnx;

/// <summary>What an ONNX file offers.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>
    /// The network alone: inputs are the encoded numbers and ids. Otherwise the encoder is part of the file, one input per column of the table.
    /// Default: false.
    /// </summary>
    public bool Encoded { get; init; }

    /// <summary>Outputs that hold what the network gave before it became a prediction, named "NAME logits", beside the predictions. Default: false.</summary>
    public bool Logits { get; init; }
}
