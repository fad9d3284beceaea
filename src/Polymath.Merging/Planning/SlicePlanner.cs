using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;

namespace Polymath.Merging.Planning;

/// <summary>Turns the models or slices of a configuration, or of one of its modules, into checked slices.</summary>
internal sealed class SlicePlanner(MergeConfiguration configuration, PlanOptions options, MergeMethod method, Func<ModelReference, long, SourceModel> open, List<string> warnings)
{
    /// <summary>The slices of whole models or of a list of slices, one of which is given.</summary>
    /// <param name="entries">Whole models, or null.</param>
    /// <param name="slices">Slices, or null.</param>
    /// <param name="levels">What is set above the slices.</param>
    public IReadOnlyList<Slice> Plan(IReadOnlyList<ModelEntry>? entries, IReadOnlyList<SliceEntry>? slices, ParameterLevels levels)
    {
        if (method.Base == BaseModelUse.Required && configuration.BaseModel is null && slices?.All(slice => slice.Base is not null) != true)
            throw new MergeException($"{configuration.At(configuration.Line)}: method {method.Name} works on differences to a base model, but there is no base_model; give one.");
        return slices is null ? [Whole(entries!, levels)] : [.. slices.Select((slice, index) => Part(slice, index, levels))];
    }

    private Slice Whole(IReadOnlyList<ModelEntry> entries, ParameterLevels levels)
    {
        ModelReference? theta0 = configuration.BaseModel;
        List<SliceSource> sources = [.. entries.Select(entry => Source(open(entry.Model, entry.Line), 0, entry.Parameters, theta0))];
        if (theta0 is not null && entries.All(entry => entry.Model != theta0))
        {
            if (method.Base != BaseModelUse.Ignored || options.IncludeUnlistedBase) sources.Add(Source(open(theta0, configuration.Line), 0, ParameterTable.Empty, theta0));
            else warnings.Add($"{configuration.At(configuration.Line)}: base_model '{theta0}' is not listed under models, and method {method.Name} has no use for a base, so its weights do not take part.");
        }

        int layers = sources[0].Model.Architecture.Layers;
        SliceSource? odd = sources.FirstOrDefault(source => source.Model.Architecture.Layers != layers);
        if (odd is not null) throw new MergeException($"{configuration.At(entries[0].Line)}: model '{odd.Model.Name}' has {odd.Model.Architecture.Layers} layers and model '{sources[0].Model.Name}' {layers}, expected the same number; choose layers with slices.");
        return Checked(new Slice(sources, layers, levels, entries[0].Line));
    }

    private Slice Part(SliceEntry slice, int index, ParameterLevels levels)
    {
        ModelReference? theta0 = slice.Base ?? configuration.BaseModel;
        List<SliceSource> sources = [];
        foreach (ModelEntry entry in slice.Sources)
        {
            SourceModel model = open(entry.Model, entry.Line);
            LayerRange range = entry.Layers!.Value;
            if (range.End > model.Architecture.Layers)
                throw new MergeException($"{configuration.At(entry.Line)}: layer_range {range} of model '{model.Name}' ends outside the model, which has {model.Architecture.Layers} layers.");
            sources.Add(Source(model, range.Start, entry.Parameters, theta0));
        }

        if (method.Base == BaseModelUse.Required && !sources.Any(source => source.IsBase))
            throw new MergeException($"{configuration.At(slice.Line)}: the base model '{theta0}' is not among the sources of slice {index + 1}, so method {method.Name} does not know which of its layers to compare with; list it with its layer_range.");
        return Checked(new Slice(sources, slice.Sources[0].Layers!.Value.Length, levels.Under(slice.Parameters), slice.Line));
    }

    private SliceSource Source(SourceModel model, int first, ParameterTable parameters, ModelReference? theta0)
        => new(model, first, parameters, IsBase: method.Base != BaseModelUse.Ignored && model.Reference == theta0);

    private Slice Checked(Slice slice)
    {
        int count = slice.Sources.Count;
        if (count >= method.LeastModels && count <= (method.MostModels ?? count)) return slice;
        string expected = method.MostModels == method.LeastModels ? $"exactly {method.LeastModels}" : count < method.LeastModels ? $"at least {method.LeastModels}" : $"at most {method.MostModels}";
        throw new MergeException($"{configuration.At(slice.Line)}: method {method.Name} merges {expected} model{(expected.EndsWith(" 1", StringComparison.Ordinal) ? string.Empty : "s")}{(method.Base == BaseModelUse.Required ? " (the base included)" : string.Empty)}, found {count}: {string.Join(", ", slice.Sources.Select(source => $"'{source.Model.Name}'"))}.");
    }
}
