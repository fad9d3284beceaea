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
        if (_configuration.Modules is not null) throw new MergeException($"{_configuration.At(_configuration.Line)}: modules are not supported.");
        var slices = new SlicePlanner(_configuration, _options, _method, _models, _warnings).Plan(_configuration.Models, _configuration.Slices, new ParameterLevels(_configuration.Parameters));
        SourceModel leading = _configuration.BaseModel is { } theta0 ? _models.Get(theta0, _configuration.Line) : slices[0].Sources[0].Model;
        CheckArchitectures(leading);
        TokenizerPlan? tokenizer = _configuration.Tokenizer is null ? null : new TokenizerPlan(_configuration, _models.All, leading);
        if (tokenizer is not null) _warnings.AddRange(tokenizer.Alignment.Warnings);
        PlanTensors(slices, leading, tokenizer);
        ParameterWarnings.Add(_configuration, _method, _tensors.Select(entry => entry.Tensor), _warnings);
        foreach (((string model, string lead), List<string> names) in _leftOut)
            _warnings.Add($"model '{model}' has {names.Count} tensor{(names.Count == 1 ? string.Empty : "s")} that model '{lead}' has not, such as '{names[0]}'; {(names.Count == 1 ? "it is" : "they are")} left out.");
        PlannedTensor[] tensors = [.. _tensors.OrderBy(entry => entry.Model).ThenBy(entry => entry.Position).Select(entry => entry.Tensor)];
        SafetensorsType computed = _configuration.Type ?? tensors.FirstOrDefault(tensor => tensor.Method is not null)?.Sources[0].Tensor.Type ?? SafetensorsType.F32;
        return new MergePlan(tensors, _options.Settings with { Rounding = _options.MergekitRounding ? StepRounding.To(computed) : StepRounding.None }, [_models])
        {
            Files = new OutputFiles(_configuration, _options, _method, _models, leading, tokenizer, _warnings).Plan(slices, tensors),
            Inputs = [.. _models.All.SelectMany(model => model.Checkpoint.Files)],
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

    private void PlanTensors(IReadOnlyList<Slice> slices, SourceModel naming, TokenizerPlan? tokenizer)
    {
        var planner = new TensorPlanner(_configuration, _method, _warnings);
        PlanOuter(planner, slices[0], tokenizer, role => role is TensorRole.Embedding or TensorRole.Input);
        int output = 0;
        foreach (Slice slice in slices)
        {
            for (int i = 0; i < slice.Layers; i++, output++)
            {
                int layer = i;
                double position = slice.Layers == 1 ? 1 : (double)i / (slice.Layers - 1);
                foreach (string suffix in slice.Leading.Model.SuffixesOf(slice.Leading.FirstLayer + i))
                    Add(planner.Plan(naming.Architecture.LayerName(output, suffix), TensorRole.Layer, slice, source => source.Model.FindLayer(source.FirstLayer + layer, suffix), position), slice);
                foreach (SliceSource source in slice.Sources) LeaveOut(source, slice.Leading, source.Model.SuffixesOf(source.FirstLayer + i).Except(slice.Leading.Model.SuffixesOf(slice.Leading.FirstLayer + i)).Select(suffix => source.Model.Architecture.LayerName(source.FirstLayer + layer, suffix)));
            }
        }

        PlanOuter(planner, slices[^1], tokenizer, role => role is TensorRole.Head or TensorRole.Output);
    }

    // A model of which another has an untied head gives its embedding for it, so the head is kept.
    private void PlanOuter(TensorPlanner planner, Slice slice, TokenizerPlan? tokenizer, Func<TensorRole, bool> takes)
    {
        List<(string Name, TensorRole Role)> names = [.. slice.Leading.Model.OuterNames.Where(entry => takes(entry.Role))];
        foreach (SliceSource source in slice.Sources)
        {
            (string Name, TensorRole Role)[] others = [.. source.Model.OuterNames.Where(entry => takes(entry.Role) && names.All(known => known.Name != entry.Name))];
            names.AddRange(others.Where(entry => slice.Leading.Model.FindOuter(entry.Name, entry.Role) is not null));
            LeaveOut(source, slice.Leading, others.Where(entry => slice.Leading.Model.FindOuter(entry.Name, entry.Role) is null).Select(entry => entry.Name));
        }

        foreach ((string name, TensorRole role) in names) Add(planner.Plan(name, role, slice, source => tokenizer is null || role is not (TensorRole.Embedding or TensorRole.Head) ? source.Model.FindOuter(name, role) : tokenizer.Align(source.Model, name, role), 0), slice);
    }

    private void LeaveOut(SliceSource source, SliceSource leading, IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Length == 0) return;
        if (!_leftOut.TryGetValue((source.Model.Name, leading.Model.Name), out List<string>? known)) _leftOut.Add((source.Model.Name, leading.Model.Name), known = []);
        known.AddRange(all);
    }

    private void Add(PlannedTensor tensor, Slice slice)
    {
        SourceModel model = (slice.Sources.FirstOrDefault(source => source.IsBase && tensor.Sources.Any(entry => entry.Model == source.Model.Name)) ?? slice.Sources.First(source => tensor.Sources.Any(entry => entry.Model == source.Model.Name))).Model;
        SourceTensor stored = tensor.Sources.First(entry => entry.Model == model.Name).Tensor;
        _tensors.Add((tensor, model.Index, model.PositionOf(stored)));
    }
}
