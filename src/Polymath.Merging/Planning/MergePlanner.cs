using Polymath.Merging.Architectures;
using Polymath.Merging.Blending;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Merging.Tokenizers;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Planning;

/// <summary>
/// Plans a merge: opens the models' headers, resolves every parameter of every tensor, and finds what cannot work before a weight is read.
/// Nothing is written, so a plan is also the dry run and the inner step of a search over parameters.
/// </summary>
/// <example><code>
/// using MergePlan plan = MergePlanner.Plan(MergeConfiguration.Load("merge.yml"), new PlanOptions { Locator = new ModelLocator("models") });
/// </code></example>
public sealed class MergePlanner
{
    private readonly MergeConfiguration _configuration;
    private readonly PlanOptions _options;
    private readonly MergeMethod _method;
    private readonly ModelSet _models;
    private readonly List<string> _warnings;
    private readonly List<(PlannedTensor Tensor, int Model, int Position)> _tensors = [];
    private readonly Dictionary<(string Model, string Leading), List<string>> _leftOut = [];
    private bool _raw;

    private MergePlanner(MergeConfiguration configuration, PlanOptions options, MergeMethod method, ModelSet models)
    {
        (_configuration, _options, _method, _models) = (configuration, options, method, models);
        _warnings = [.. configuration.Warnings];
    }

    /// <summary>Plans a merge of one stage.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="options">Where the models are and what is allowed.</param>
    /// <returns>The plan; it keeps the models' files open.</returns>
    /// <exception cref="MergeException">The models cannot be merged as configured; one sentence names file and line, model, tensor or parameter.</exception>
    public static MergePlan Plan(MergeConfiguration configuration, PlanOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        options ??= new PlanOptions();
        MergeMethod method = FindMethod(configuration);
        var models = new ModelSet(configuration, options.Locator);
        try
        {
            return new MergePlanner(configuration, options, method, models).Build();
        }
        catch (MergeException exception) when (ParameterWarnings.Misspelt(configuration, method) is { } hint)
        {
            models.Dispose();
            throw new MergeException($"{exception.Message.TrimEnd('.')} (see also {hint.TrimEnd('.')}).", exception);
        }
        catch
        {
            models.Dispose();
            throw;
        }
    }

    private static MergeMethod FindMethod(MergeConfiguration configuration)
    {
        try
        {
            return MergeMethods.Find(configuration.Method);
        }
        catch (MergeException exception)
        {
            throw new MergeException($"{configuration.At(configuration.Line)}: {exception.Message}", exception);
        }
    }

    private MergePlan Build()
    {
        foreach (ModelEntry entry in _configuration.Entries) _models.Get(entry.Model, entry.Line);
        SourceModel leading = _configuration.BaseModel is { } theta0 ? _models.Get(theta0, _configuration.Line) : _models.All.First();
        CheckArchitectures(leading);
        _raw = _models.All.All(model => model.Checkpoint.Folder is null);
        List<PlannedModule> modules = Modules(leading);
        TokenizerPlan? tokenizer = _configuration.Tokenizer is null ? null : new TokenizerPlan(_configuration, _models.All, leading);
        if (tokenizer is not null) _warnings.AddRange(tokenizer.Alignment.Warnings);
        foreach (PlannedModule module in modules) PlanTensors(module, tokenizer);
        ParameterWarnings.Add(_configuration, _method, _tensors.Select(entry => entry.Tensor), _warnings);
        foreach (((string model, string lead), List<string> names) in _leftOut)
            _warnings.Add($"model '{model}' has {names.Count} tensor{(names.Count == 1 ? string.Empty : "s")} that model '{lead}' has not, such as '{names[0]}'; {(names.Count == 1 ? "it is" : "they are")} left out.");
        PlannedTensor[] tensors = [.. _tensors.OrderBy(entry => entry.Model).ThenBy(entry => entry.Position).Select(entry => entry.Tensor)];
        SafetensorsType computed = _configuration.Type ?? tensors.FirstOrDefault(tensor => tensor.Method is not null)?.Sources[0].Tensor.Type ?? SafetensorsType.F32;
        IReadOnlyList<PlannedFile> files = new OutputFiles(_configuration, _options, _method, _models, leading, tokenizer, _warnings).Plan(modules, tensors);
        return new MergePlan(tensors, _options.Settings with { Rounding = _options.MergekitRounding ? StepRounding.To(computed) : StepRounding.None }, [_models])
        {
            Files = files,
            Inputs = [.. _models.All.SelectMany(model => model.Files).Concat(tokenizer?.Files ?? []).Concat(files.Select(file => file.CopyOf).OfType<string>()).Distinct()],
            Warnings = _warnings,
            Configuration = _configuration.Text,
        };
    }

    private void CheckArchitectures(SourceModel leading)
    {
        foreach (SourceModel model in _models.All.Where(model => model != leading))
        {
            if (model.Architecture.Name != leading.Architecture.Name)
            {
                string mix = $"model '{leading.Name}' is {leading.Architecture.Name} and model '{model.Name}' {model.Architecture.Name}";
                if (!_options.AllowCrimes) throw new MergeException($"{_configuration.At(_configuration.Line)}: {mix}, expected one architecture; models that fit all the same are merged with allow_crimes.");
                _warnings.Add($"{mix}; they are merged because allow_crimes is given.");
            }

            if (model.AnswerTo(leading)) _warnings.Add($"model '{model.Name}' calls its layers '{model.Architecture.LayerPrefix}N', model '{leading.Name}' '{leading.Architecture.LayerPrefix}N'; the names of '{leading.Name}' are used.");
        }
    }

    private List<PlannedModule> Modules(SourceModel leading)
    {
        var levels = new ParameterLevels(_configuration.Parameters);
        if (_configuration.Modules is not { } entries) return [new(leading, new SlicePlanner(_configuration, _options, _method, _models.Get, _warnings).Plan(_configuration.Models, _configuration.Slices, levels))];
        var modules = new List<PlannedModule>();
        foreach (ModuleEntry entry in entries)
        {
            var parts = new Dictionary<SourceModel, SourceModel>();
            SourceModel Part(SourceModel model) => parts.TryGetValue(model, out SourceModel? part) ? part : parts[model] = model.Part(name => ModulePart.Of(entries, name) == entry);
            if (!Part(leading).HasTensors) throw new MergeException($"{_configuration.At(entry.Line)}: model '{leading.Name}' has no tensors '{entry.Name}.*', so there is no module '{entry.Name}'; name modules by what their tensors begin with, or '*' for the rest.");
            modules.Add(new(Part(leading), new SlicePlanner(_configuration, _options, _method, (reference, line) => Part(_models.Get(reference, line)), _warnings).Plan(entry.Models, entry.Slices, levels.Under(entry.Parameters))));
        }

        string[] lost = [.. leading.Checkpoint.Names.Where(name => ModulePart.Of(entries, name) is null)];
        if (lost.Length > 0) throw new MergeException($"{_configuration.At(entries[0].Line)}: {lost.Length} tensors of model '{leading.Name}' belong to no module, such as '{lost[0]}'; add a module '*' for the rest.");
        return modules;
    }

    private void PlanTensors(PlannedModule module, TokenizerPlan? tokenizer)
    {
        var planner = new TensorPlanner(_configuration, _method, _options.Tensors, _warnings);
        PlanOuter(planner, module.Slices[0], tokenizer, role => role is TensorRole.Embedding or TensorRole.Input);
        int output = 0;
        foreach (Slice slice in module.Slices)
        {
            for (int i = 0; i < slice.Layers; i++, output++)
            {
                int layer = i;
                double position = slice.Layers == 1 ? 1 : (double)i / (slice.Layers - 1);
                foreach (string suffix in Choose(slice, source => source.Model.SuffixesOf(source.FirstLayer + layer), (source, suffix) => source.Model.FindLayer(source.FirstLayer + layer, suffix) is not null, (source, suffix) => source.Model.Architecture.LayerName(source.FirstLayer + layer, suffix)))
                    Add(planner.Plan(module.Naming.Architecture.LayerName(output, suffix), TensorRole.Layer, slice, source => source.Model.FindLayer(source.FirstLayer + layer, suffix), position), slice);
            }
        }

        PlanOuter(planner, module.Slices[^1], tokenizer, role => role is TensorRole.Head or TensorRole.Output);
    }

    // A model of which another has an untied head gives its embedding for it, so the head is kept.
    private void PlanOuter(TensorPlanner planner, Slice slice, TokenizerPlan? tokenizer, Func<TensorRole, bool> takes)
    {
        foreach ((string name, TensorRole role) in Choose(slice, source => source.Model.OuterNames.Where(entry => takes(entry.Role)), (source, entry) => source.Model.FindOuter(entry.Name, entry.Role) is not null, (_, entry) => entry.Name))
            Add(planner.Plan(name, role, slice, source => tokenizer is null || role is not (TensorRole.Embedding or TensorRole.Head) ? source.Model.FindOuter(name, role) : tokenizer.Align(source.Model.Whole, name, role), 0), slice);
    }

    // The tensors to make of those that the models have: the leading model's and what it can answer for, or those of all, or of any.
    private List<T> Choose<T>(Slice slice, Func<SliceSource, IEnumerable<T>> held, Func<SliceSource, T, bool> has, Func<SliceSource, T, string> name)
    {
        List<T> chosen = [.. held(slice.Leading)];
        HashSet<T> known = [.. chosen];
        foreach (SliceSource source in slice.Sources.Where(source => source != slice.Leading))
        {
            var extra = new List<string>();
            foreach (T tensor in held(source).Where(tensor => !known.Contains(tensor)))
            {
                if (_options.Tensors != TensorSelection.Union && !has(slice.Leading, tensor)) extra.Add(name(source, tensor));
                else if (known.Add(tensor)) chosen.Add(tensor);
            }

            if (extra.Count == 0) continue;
            if (_raw && _options.Tensors == TensorSelection.Leading)
                throw new MergeException($"{_configuration.At(slice.Line)}: tensor '{extra[0]}' is in model '{source.Model.Name}' but not in model '{slice.Leading.Model.Name}'; ask for the intersection or the union of the tensors.");
            LeaveOut(source, slice.Leading, extra);
        }

        if (_options.Tensors == TensorSelection.Intersection) chosen.RemoveAll(tensor => !slice.Sources.All(source => has(source, tensor)));
        return chosen;
    }

    private void LeaveOut(SliceSource source, SliceSource leading, List<string> names)
    {
        if (!_leftOut.TryGetValue((source.Model.Name, leading.Model.Name), out List<string>? known)) _leftOut.Add((source.Model.Name, leading.Model.Name), known = []);
        known.AddRange(names);
    }

    private void Add(PlannedTensor tensor, Slice slice)
    {
        SourceModel model = (slice.Sources.FirstOrDefault(source => source.IsBase && tensor.Sources.Any(entry => entry.Model == source.Model.Name)) ?? slice.Sources.First(source => tensor.Sources.Any(entry => entry.Model == source.Model.Name))).Model;
        SourceTensor stored = tensor.Sources.First(entry => entry.Model == model.Name).Tensor;
        _tensors.Add((tensor, model.Index, model.PositionOf(stored)));
    }
}
