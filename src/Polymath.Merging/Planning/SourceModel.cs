using Polymath.Merging.Adapters;
using Polymath.Merging.Architectures;
using Polymath.Merging.Checkpoints;
using Polymath.Merging.Configuration;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Planning;

/// <summary>A model that takes part in a merge: its files, its arrangement, and the names under which it holds what others call differently.</summary>
internal sealed class SourceModel : IDisposable
{
    private readonly Checkpoint _checkpoint;
    private readonly LoraAdapter? _adapter;
    private readonly string? _embedding;
    private readonly string[] _names;
    private readonly Dictionary<int, List<string>> _layers = [];
    private string _added = string.Empty, _removed = string.Empty;

    /// <summary>Opens a model.</summary>
    /// <param name="reference">What the configuration calls it.</param>
    /// <param name="locator">Finds its files.</param>
    /// <param name="index">Its place among the models.</param>
    public SourceModel(ModelReference reference, ModelLocator locator, int index)
    {
        (Reference, Index, Whole) = (reference, index, this);
        _checkpoint = Checkpoint.Open(locator.Locate(reference.Model));
        try
        {
            if (_checkpoint.Folder is { } folder && _checkpoint.Config is null) throw new MergeException($"model '{reference}': folder '{folder}' has no {Checkpoint.ConfigFile}; to merge weights without one, name their file.");
            if (reference.Lora is { } lora) _adapter = LoraAdapter.Open(locator.Locate(lora), _checkpoint);
            _names = [.. _checkpoint.Names, .. (_adapter?.Names ?? []).Where(name => _checkpoint.Find(name) is null)];
            Architecture = Architecture.Of(reference.ToString(), _names, _checkpoint.Config, reference.OverrideArchitecture);
            _embedding = CollectLayers();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private SourceModel(SourceModel whole, string[] names)
    {
        (Reference, Index, Whole, _checkpoint, _adapter, _names) = (whole.Reference, whole.Index, whole, whole._checkpoint, whole._adapter, names);
        Architecture = Architecture.Of(whole.Name, names, null, whole.Architecture.Name);
        _embedding = CollectLayers() ?? whole._embedding;
    }

    /// <summary>The model of which this is a part; itself for a whole model.</summary>
    public SourceModel Whole { get; }

    /// <summary>The same model with only some of its tensors and the stack of layers among them; it shares the open files.</summary>
    public SourceModel Part(Func<string, bool> belongs) => new(this, [.. _names.Where(belongs)]);

    /// <summary>What the configuration calls it.</summary>
    public ModelReference Reference { get; }

    /// <summary>The name in messages and random streams.</summary>
    public string Name => Reference.ToString();

    /// <summary>Its place among the models.</summary>
    public int Index { get; }

    /// <summary>How its tensors are arranged.</summary>
    public Architecture Architecture { get; }

    /// <summary>The model on disk, without its adapter.</summary>
    public Checkpoint Checkpoint => _checkpoint;

    /// <summary>Every file that is read.</summary>
    public IEnumerable<string> Files => _checkpoint.Files.Concat(_adapter?.Files ?? []);

    /// <summary>Lets this model answer to the names of another whose layers have a longer or shorter prefix, as with and without the name of a task's wrapper.</summary>
    /// <param name="leading">The model whose names are used.</param>
    /// <returns>Whether names are translated.</returns>
    public bool AnswerTo(SourceModel leading)
    {
        string? theirs = leading.Architecture.LayerPrefix, ours = Architecture.LayerPrefix;
        if (theirs is null || ours is null || theirs == ours) return false;
        if (theirs.EndsWith($".{ours}", StringComparison.Ordinal)) _removed = theirs[..^ours.Length];
        else if (ours.EndsWith($".{theirs}", StringComparison.Ordinal)) _added = ours[..^theirs.Length];
        else return false;
        return true;
    }

    /// <summary>Whether it holds anything; a part may not.</summary>
    public bool HasTensors => _names.Length > 0;

    /// <summary>Suffixes of the tensors of a layer, in the order of the files.</summary>
    public IReadOnlyList<string> SuffixesOf(int layer) => _layers.GetValueOrDefault(layer) ?? [];

    /// <summary>A tensor of a layer, or null.</summary>
    public SourceTensor? FindLayer(int layer, string suffix) => Stored(Architecture.LayerName(layer, suffix));

    /// <summary>The tensors outside the layers, under the names that the merge uses, in the order of the files.</summary>
    public IEnumerable<(string Name, TensorRole Role)> OuterNames => _names.Select(name => (Name: name, Role: Architecture.RoleOf(name))).Where(entry => entry.Role != TensorRole.Layer).Select(entry => (Translate(entry.Name), entry.Role));

    /// <summary>A tensor outside the layers by the name that the merge uses, or null.</summary>
    /// <param name="name">The name.</param>
    /// <param name="role">What it is; a missing head is the embedding unless config.json says otherwise.</param>
    public SourceTensor? FindOuter(string name, TensorRole role)
    {
        SourceTensor? found = Own(name);
        if (found is not null || role != TensorRole.Head || _embedding is null || !name.EndsWith(".weight", StringComparison.Ordinal) || ModelConfig.IsTied(_checkpoint.Config) == false) return found;
        return Stored(_embedding);
    }

    /// <summary>Where a tensor lies in the files, for the order of reading.</summary>
    public int PositionOf(SourceTensor tensor) => _checkpoint.PositionOf(tensor.Name);

    /// <inheritdoc/>
    public void Dispose()
    {
        _adapter?.Dispose();
        _checkpoint.Dispose();
    }

    private string? CollectLayers()
    {
        foreach (string name in _names)
        {
            if (!Architecture.TryLayer(name, out int layer, out string suffix)) continue;
            if (!_layers.TryGetValue(layer, out List<string>? suffixes)) _layers.Add(layer, suffixes = []);
            suffixes.Add(suffix);
        }

        return _names.FirstOrDefault(name => Architecture.RoleOf(name) == TensorRole.Embedding);
    }

    private SourceTensor? Stored(string name) => _adapter is null ? _checkpoint.Find(name) : _adapter.Find(name);

    private string Translate(string name) => _removed.Length > 0 ? _removed + name : _added.Length > 0 && name.StartsWith(_added, StringComparison.Ordinal) ? name[_added.Length..] : name;

    private SourceTensor? Own(string name)
    {
        if (_removed.Length > 0 && name.StartsWith(_removed, StringComparison.Ordinal) && Stored(name[_removed.Length..]) is { } shorter) return shorter;
        return (_added.Length > 0 ? Stored(_added + name) : null) ?? Stored(name);
    }
}
