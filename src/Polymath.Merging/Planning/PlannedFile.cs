namespace Polymath.Merging.Planning;

/// <summary>A small file that goes into the output beside the tensors: a copy (tokenizer files) or a text (config.json, model card).</summary>
/// <param name="Name">The name in the output folder.</param>
/// <param name="CopyOf">The file to copy, or null.</param>
/// <param name="Text">The text to write, or null.</param>
public sealed record PlannedFile(string Name, string? CopyOf, string? Text);
