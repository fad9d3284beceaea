using Polymath.Merging.Planning;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Execution;

/// <summary>One file of the output: its name, its tensors, and where each stands.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Tensors">The tensors in the order in which they are made.</param>
/// <param name="Layout">The layout of the file.</param>
internal sealed record OutputShard(string Name, IReadOnlyList<PlannedTensor> Tensors, SafetensorsLayout Layout)
{
    private static readonly Dictionary<string, string> s_metadata = new(StringComparer.Ordinal) { ["format"] = "pt" };

    /// <summary>Splits a plan into files of at most so many bytes, in the order of the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="shardBytes">The most bytes of tensors in a file; a larger tensor has a file of its own.</param>
    /// <param name="single">The name of the one file, when there must be only one.</param>
    public static IReadOnlyList<OutputShard> Split(MergePlan plan, long shardBytes, string? single)
    {
        var groups = new List<List<PlannedTensor>> { new() };
        long held = 0;
        foreach (PlannedTensor tensor in plan.Tensors)
        {
            if (single is null && groups[^1].Count > 0 && held + tensor.Bytes > shardBytes)
            {
                groups.Add([]);
                held = 0;
            }

            groups[^1].Add(tensor);
            held += tensor.Bytes;
        }

        return [.. groups.Select((tensors, i) => new OutputShard(
            single ?? (groups.Count == 1 ? "model.safetensors" : $"model-{i + 1:D5}-of-{groups.Count:D5}.safetensors"),
            tensors,
            SafetensorsLayout.Of(tensors.Select(tensor => (tensor.Name, tensor.Type, tensor.Shape)), s_metadata)))];
    }
}
