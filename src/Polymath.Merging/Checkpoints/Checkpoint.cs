using System.Text.Json.Nodes;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>
/// A trained model on disk, opened without reading its weights: a Hugging Face folder (config.json with model.safetensors or its shards and
/// index), or a single file of safetensors or PyTorch.
/// </summary>
/// <example><code>
/// using Checkpoint checkpoint = Checkpoint.Open("stories260K");
/// SourceTensor norm = checkpoint.Find("model.norm.weight")!;
/// </code></example>
public sealed class Checkpoint : IDisposable
{
    internal const string SingleFile = "model.safetensors", IndexFile = "model.safetensors.index.json", ConfigFile = "config.json", TorchSingleFile = "pytorch_model.bin", TorchIndexFile = "pytorch_model.bin.index.json";

    private readonly List<IDisposable> _open = [];
    private readonly Dictionary<string, (SourceTensor Tensor, int Position)> _tensors = new(StringComparer.Ordinal);
    private readonly List<string> _names = [], _files = [];

    private Checkpoint(string path, string? folder) => (Path, Folder) = (path, folder);

    /// <summary>The folder or file that was opened.</summary>
    public string Path { get; }

    /// <summary>The folder, or null for a single file.</summary>
    public string? Folder { get; }

    /// <summary>The model's config.json, or null when there is none.</summary>
    public JsonObject? Config { get; private set; }

    /// <summary>Names of the tensors in the order in which they lie in the files.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Every file that is read.</summary>
    public IReadOnlyList<string> Files => _files;

    /// <summary>Opens a model: reads and checks the headers of its files.</summary>
    /// <param name="path">A folder, or a file of safetensors or PyTorch.</param>
    /// <exception cref="MergeException">A file or shard is missing, breaks a rule of its format, or the index names a tensor that its shard does not hold.</exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        bool folder = Directory.Exists(path);
        if (!folder && !File.Exists(path)) throw new MergeException($"model '{path}' is not there, expected a Hugging Face folder or a safetensors file.");
        var checkpoint = new Checkpoint(path, folder ? path : null);
        try
        {
            if (folder) checkpoint.OpenFolder(path);
            else checkpoint.AddFile(path);
            if (checkpoint._names.Count == 0) throw new MergeException($"model '{path}' holds no tensors.");
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>A tensor, or null when the model has none of that name.</summary>
    public SourceTensor? Find(string name) => _tensors.TryGetValue(name, out (SourceTensor Tensor, int Position) entry) ? entry.Tensor : null;

    /// <summary>Where a tensor stands in <see cref="Names"/>, or -1.</summary>
    public int PositionOf(string name) => _tensors.TryGetValue(name, out (SourceTensor Tensor, int Position) entry) ? entry.Position : -1;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable open in _open) open.Dispose();
        _open.Clear();
    }

    private void OpenFolder(string folder)
    {
        string config = System.IO.Path.Combine(folder, ConfigFile), single = System.IO.Path.Combine(folder, SingleFile), index = System.IO.Path.Combine(folder, IndexFile);
        if (File.Exists(config))
        {
            Config = JsonFile.Read(config);
            _files.Add(config);
        }

        if (File.Exists(single))
        {
            AddFile(single);
            return;
        }

        if (File.Exists(index))
        {
            AddShards(folder, index);
            return;
        }

        string[] others = Directory.GetFiles(folder, "*.safetensors");
        string torch = System.IO.Path.Combine(folder, TorchSingleFile), torchIndex = System.IO.Path.Combine(folder, TorchIndexFile);
        if (others.Length == 0 && File.Exists(torch)) AddFile(torch);
        else if (others.Length == 0 && File.Exists(torchIndex)) AddShards(folder, torchIndex);
        else if (others.Length == 1 && System.IO.Path.GetFileName(others[0]) != "adapter_model.safetensors") AddFile(others[0]);
        else if (File.Exists(System.IO.Path.Combine(folder, "adapter_config.json"))) throw new MergeException($"model '{folder}' is an adapter, expected a whole model; write it behind its model as path+adapter.");
        else throw new MergeException($"model '{folder}' has neither {SingleFile} nor {IndexFile}{(others.Length > 1 ? $", but {others.Length} other safetensors files" : string.Empty)}; expected one of the two.");
    }

    private void AddFile(string path)
    {
        foreach (SourceTensor tensor in OpenFile(path)) Add(tensor);
    }

    private void AddShards(string folder, string indexPath)
    {
        string name = System.IO.Path.GetFileName(indexPath);
        CheckpointIndex index = CheckpointIndex.Read(indexPath);
        _files.Add(indexPath);
        foreach (string shard in index.Shards)
        {
            string path = System.IO.Path.Combine(folder, shard);
            if (!File.Exists(path)) throw new MergeException($"model '{folder}': shard '{shard}' of {name} is missing; download it again.");
            HashSet<string> listed = new(index.TensorsOf(shard), StringComparer.Ordinal);
            foreach (SourceTensor tensor in OpenFile(path))
            {
                if (listed.Remove(tensor.Name)) Add(tensor);
            }

            if (listed.Count > 0) throw new MergeException($"model '{folder}': {name} says that tensor '{listed.Order(StringComparer.Ordinal).First()}' is in shard '{shard}', but the shard does not hold it; the files are of two versions.");
        }
    }

    private void Add(SourceTensor tensor)
    {
        _tensors.Add(tensor.Name, (tensor, _names.Count));
        _names.Add(tensor.Name);
    }

    private SourceTensor[] OpenFile(string path)
    {
        try
        {
            if (TorchFile.Extensions.Contains(System.IO.Path.GetExtension(path)))
            {
                TorchFile torch = TorchFile.Open(path);
                _open.Add(torch);
                _files.Add(path);
                return [.. torch.Tensors];
            }

            SafetensorsFile file = SafetensorsFile.Open(path);
            _open.Add(file);
            _files.Add(path);
            return [.. file.Names.Select(name => new StoredTensor(file, name))];
        }
        catch (SafetensorsException exception)
        {
            throw new MergeException(exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MergeException($"{path}: the file cannot be read ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}
