using System.Globalization;
using Polymath.Merging.Architectures;
using Polymath.Merging.Blending;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;
using Polymath.Merging.Planning;
using Polymath.Merging.Sources;

namespace Polymath.Merging.TaskVectors;

/// <summary>Merges models that are in memory, by any method of the catalogue and without files.</summary>
/// <example><code>
/// ModelState merged = StateMerge.Merge("ties", [
///     new("translator", translator, new Dictionary&lt;string, object&gt; { ["weight"] = 0.6, ["density"] = 0.5 }),
///     new("summarizer", summarizer, new Dictionary&lt;string, object&gt; { ["weight"] = 0.4, ["density"] = 0.5 }),
/// ], theta0);
/// </code></example>
public static class StateMerge
{
    private const string BaseName = "base";

    /// <summary>Merges.</summary>
    /// <param name="method">The method's name, as in a configuration.</param>
    /// <param name="models">The models; all have the tensors and shapes of the base, or of the first.</param>
    /// <param name="baseModel">The base model for methods that work on differences; null for none.</param>
    /// <param name="parameters">The method's parameters, global ones and defaults of per-model ones, in the forms of <see cref="StateMergeInput.Parameters"/>.</param>
    /// <param name="settings">What holds for the whole merge.</param>
    /// <returns>A new state in the order of the base, or of the first model.</returns>
    /// <exception cref="MergeException">The method is not known, a parameter is missing or not known, or names or shapes differ.</exception>
    public static ModelState Merge(string method, IReadOnlyList<StateMergeInput> models, ModelState? baseModel = null, IReadOnlyDictionary<string, object>? parameters = null, MergeSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        MergeMethod rule = MergeMethods.Find(method);
        if (models.Count == 0) throw new MergeException("there are no models to merge, expected one or more.");
        if (rule.Base == BaseModelUse.Required && baseModel is null) throw new MergeException($"method {method} works on differences to a base model, but there is none; give one.");
        ModelState leading = baseModel ?? models[0].State;
        foreach (StateMergeInput model in models) leading.RequireSameLayout(model.State, $"model '{model.Name}'");
        ParameterTable wide = Table(parameters, rule.Parameters.Concat(rule.ModelParameters), "the merge");
        (string Name, ModelState State, bool IsBase, ParameterLevels Levels)[] sources =
        [
            .. models.Select(model => (model.Name, model.State, false, new ParameterLevels(Table(model.Parameters, rule.ModelParameters, $"model '{model.Name}'"), wide))),
            .. baseModel is null || rule.Base == BaseModelUse.Ignored ? Array.Empty<(string, ModelState, bool, ParameterLevels)>() : [(BaseName, baseModel, true, new ParameterLevels(wide))],
        ];
        var architecture = Architecture.Of("in memory", leading.Names, null);
        settings ??= MergeSettings.Default;
        TensorMerge[] tensors = [.. Enumerable.Range(0, leading.Count).Select(i => Tensor(i, null))];
        object? survey = rule.NeedsSurvey ? rule.Survey(tensors) : null;
        return leading.Map((i, _) => rule.Merge(survey is null ? tensors[i] : Tensor(i, survey)));

        TensorMerge Tensor(int index, object? found)
        {
            string name = leading.Names[index];
            long[] shape = [.. leading.ShapeOf(index).Axis.ToArray().Select(axis => (long)axis)];
            double position = architecture.TryLayer(name, out int layer, out _) ? (architecture.Layers == 1 ? 1 : (double)layer / (architecture.Layers - 1)) : 0;
            MergeSource[] parts = [.. sources.Select(source => new MergeSource(source.Name, new MemoryTensor(name, shape, source.State.MemoryOf(source.State.IndexOf(name))), source.IsBase,
                source.Levels.Resolve(rule.ModelParameters, name, position, $"tensor '{name}', model '{source.Name}'", optional: source.IsBase)))];
            return new TensorMerge(name, shape, parts, new ParameterLevels(wide).Resolve(rule.Parameters, name, position, $"tensor '{name}'"), settings)
            {
                IsEmbedding = architecture.RoleOf(name) is TensorRole.Embedding or TensorRole.Head && shape.Length == 2,
                Survey = found,
            };
        }
    }

    private static ParameterTable Table(IReadOnlyDictionary<string, object>? parameters, IEnumerable<MethodParameter> declared, string place)
    {
        if (parameters is null) return ParameterTable.Empty;
        string[] known = [.. declared.Select(parameter => parameter.Name).Distinct()];
        string? unknown = parameters.Keys.FirstOrDefault(name => !known.Contains(name));
        if (unknown is not null) throw new MergeException($"'{unknown}' is no parameter of {place}{Data.Suggestion.Tail(unknown, known)}");
        return new(parameters.ToDictionary(entry => entry.Key, entry => entry.Value switch
        {
            ParameterSetting setting => setting,
            Gradient gradient => new ParameterSetting([new ConditionalValue(null, gradient)], 0),
            bool or string => ParameterSetting.Of(entry.Value),
            IConvertible number => ParameterSetting.Of(number.ToDouble(CultureInfo.InvariantCulture)),
            _ => throw new MergeException($"parameter '{entry.Key}' of {place} is a {entry.Value.GetType().Name}, expected a number, a flag, a text, or a setting."),
        }));
    }
}
