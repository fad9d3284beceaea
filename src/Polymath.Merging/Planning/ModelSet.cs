using Polymath.Merging.Configuration;

namespace Polymath.Merging.Planning;

/// <summary>The models of a merge, each opened once.</summary>
internal sealed class ModelSet(MergeConfiguration configuration, ModelLocator locator) : IDisposable
{
    private readonly Dictionary<ModelReference, SourceModel> _models = [];

    /// <summary>The models in the order in which they were opened.</summary>
    public IEnumerable<SourceModel> All => _models.Values.OrderBy(model => model.Index);

    /// <summary>A model, opened when it is first asked for.</summary>
    /// <param name="reference">What the configuration calls it.</param>
    /// <param name="line">Where, for messages.</param>
    public SourceModel Get(ModelReference reference, long line)
    {
        if (_models.TryGetValue(reference, out SourceModel? model)) return model;
        try
        {
            model = new SourceModel(reference, locator, _models.Count);
        }
        catch (MergeException exception)
        {
            throw new MergeException($"{configuration.At(line)}: {exception.Message}", exception);
        }

        _models.Add(reference, model);
        return model;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SourceModel model in _models.Values) model.Dispose();
    }
}
