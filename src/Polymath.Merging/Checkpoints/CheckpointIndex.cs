using System.Text.Json.Nodes;

namespace Polymath.Merging.Checkpoints;

/// <summary>The index of a model in several files: which tensor is in which shard.</summary>
internal sealed class CheckpointIndex
{
    private readonly Dictionary<string, List<string>> _shards = new(StringComparer.Ordinal);

    /// <summary>The shards by name.</summary>
    public IEnumerable<string> Shards => _shards.Keys.Order(StringComparer.Ordinal);

    /// <summary>The tensors that are listed for a shard.</summary>
    public IReadOnlyList<string> TensorsOf(string shard) => _shards[shard];

    /// <summary>Reads an index.</summary>
    /// <exception cref="MergeException">The file is no index.</exception>
    public static CheckpointIndex Read(string path)
    {
        var index = new CheckpointIndex();
        if (JsonFile.Read(path)["weight_map"] is not JsonObject map) throw new MergeException($"{path}: there is no 'weight_map' from tensors to shards.");
        foreach ((string tensor, JsonNode? node) in map)
        {
            string? shard = JsonFile.TextOf(node);
            if (string.IsNullOrEmpty(shard) || shard != Path.GetFileName(shard)) throw new MergeException($"{path}: tensor '{tensor}' has the shard '{shard}', expected the name of a file in the same folder.");
            if (!index._shards.TryGetValue(shard, out List<string>? tensors)) index._shards.Add(shard, tensors = []);
            tensors.Add(tensor);
        }

        return index;
    }
}
