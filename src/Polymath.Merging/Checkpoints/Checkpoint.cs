using System.Text.Json.Nodes;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>
/// A trained model on disk, opened without reading its weights: a Hugging Face folder (config.json with model.safetensors or its shards and
/// index), or a single safetensors file.
/// </summary>
/// <example><code>
/// using Checkpoint checkpoint = Checkpoint.Open("stories260K");
/// SourceTensor norm = checkpoint.Find("model.norm.weight")!;
/// </code></example>
public sealed class Checkpoint : IDisposable
{
    internal const string SingleFile = "model.safetensors", IndexFile = "model.safetensors.index.json", ConfigFile = "config.json";

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
    /// <param name="path">A folder or a safetensors file.</param>
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
            _files.Add(index);
            AddShards(folder, CheckpointIndex.Read(index));
            return;
        }

        string[] others = Directory.GetFiles(folder, "*.safetensors");
        if (others.Length == 1 && System.IO.Path.GetFileName(others[0]) != "adapter_model.safetensors") AddFile(others[0]);
        else if (File.Exists(System.IO.Path.Combine(folder, "adapter_config.json"))) throw new MergeException($"model '{folder}' is an adapter, expected a whole model; write it behind its model as path+adapter.");
        else throw new MergeException($"model '{folder}' has neither {SingleFile} nor {IndexFile}{(others.Length > 1 ? $", but {others.Length} other safetensors files" : string.Empty)}; expected one of the two.");
    }

    private void AddFile(string path)
    {
        SafetensorsFile file = OpenFile(path);
        foreach (string name in file.Names) Add(new StoredTensor(file, name));
    }

    private void AddShards(string folder, CheckpointIndex index)
    {
        foreach (string shard in index.Shards)
        {
            string path = System.IO.Path.Combine(folder, shard);
            if (!File.Exists(path)) throw new MergeException($"model '{folder}': shard '{shard}' of {IndexFile} is missing; download it again.");
            SafetensorsFile file = OpenFile(path);
            string? lost = index.TensorsOf(shard).FirstOrDefault(name => !file.Contains(name));
            if (lost is not null) throw new MergeException($"model '{folder}': {IndexFile} says that tensor '{lost}' is in shard '{shard}', but the shard does not hold it; the files are of two versions.");
            HashSet<string> listed = new(index.TensorsOf(shard), StringComparer.Ordinal);
            foreach (string name in file.Names.Where(listed.Contains)) Add(new StoredTensor(file, name));
        }
    }

    private void Add(SourceTensor tensor)
    {
        _tensors.Add(tensor.Name, (tensor, _names.Count));
        _names.Add(tensor.Name);
    }

    private SafetensorsFile OpenFile(string path)
    {
        try
        {
            SafetensorsFile file = SafetensorsFile.Open(path);
            _open.Add(file);
            _files.Add(path);
            return file;
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
