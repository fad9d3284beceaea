using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;
using Polymath.Learning.Optimization;
using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Tuning;

/// <summary>Where a hyper-parameter is in the settings of a run: an option of the model, the optimiser or the balancer, or a setting of the training.</summary>
/// <param name="Place">"model", "optimizer", "balancer", or "run".</param>
/// <param name="Key">Its name there.</param>
/// <param name="IsNumber">Whether it has an order, so that a range makes sense.</param>
/// <param name="IsInteger">Whether it takes whole numbers only.</param>
/// <param name="IsList">Whether '/' belongs to its values.</param>
internal sealed record SearchKnob(string Place, string Key, bool IsNumber, bool IsInteger, bool IsList)
{
    private const string Model = "model", Optimizer = "optimizer", Balancer = "balancer", Run = "run";

    /// <summary>The knob of a name, <c>place.name</c> or just the name where only one place has it.</summary>
    /// <exception cref="RunException">There is none (the nearest is suggested), or several.</exception>
    public static SearchKnob Find(string name, TuningSettings settings)
    {
        SearchKnob[] known = [.. All(settings)];
        string wanted = WrittenName.Normal(name);
        SearchKnob[] found = [.. known.Where(knob => WrittenName.Normal(knob.Key) == wanted || WrittenName.Normal($"{knob.Place}.{knob.Key}") == wanted)];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new RunException($"search: there is no '{name}' to vary in {settings.Model.Split(':')[0]}, {settings.Optimizer.Split(':')[0]}, {settings.Balancer.Split(':')[0]} or the training{Suggestion.Tail(wanted, [.. known.Select(knob => WrittenName.Normal(knob.Key)).Distinct()])}"),
            _ => throw new RunException($"search: '{name}' could be {string.Join(" or ", found.Select(knob => $"{knob.Place}.{knob.Key}"))}; write which."),
        };
    }

    /// <summary>The settings with a value.</summary>
    public TuningSettings Set(TuningSettings settings, string value) => Place switch
    {
        Model => settings with { Model = With(settings.Model, value) },
        Optimizer => settings with { Optimizer = With(settings.Optimizer, value) },
        Balancer => settings with { Balancer = With(settings.Balancer, value) },
        _ => TuningOptions.Table.Find(Key).Set(settings, [value]),
    };

    /// <summary>Throws unless the components that the settings name can be made.</summary>
    public static void Check(TuningSettings settings)
    {
        RunTrainer.Check(settings);
        var model = ModelSpecification.Parse(settings.Model);
        TabularModels.Find(model.Name).Check(model.Options);
    }

    private static IEnumerable<SearchKnob> All(TuningSettings settings)
    {
        foreach (ModelOption option in TabularModels.Find(ModelSpecification.Parse(settings.Model).Name).Options) yield return new SearchKnob(Model, option.Name, option.Kind is ModelOptionKind.Integer or ModelOptionKind.Number, option.Kind == ModelOptionKind.Integer, option.Kind == ModelOptionKind.Integers);
        string optimizer = settings.Optimizer.Split(':')[0].Trim();
        foreach (ComponentParameter parameter in Optimizers.All.First(known => WrittenName.Is(known.Name, optimizer)).Parameters) yield return new SearchKnob(Optimizer, parameter.Name, parameter.Kind is ParameterKind.Integer or ParameterKind.Number, parameter.Kind == ParameterKind.Integer, parameter.Kind == ParameterKind.Vector);
        foreach (BalancerParameter parameter in Balancers.Find(settings.Balancer.Split(':')[0]).Parameters) yield return new SearchKnob(Balancer, parameter.Name, parameter.Kind is BalancerParameterKind.Integer or BalancerParameterKind.Number, parameter.Kind == BalancerParameterKind.Integer, parameter.Kind == BalancerParameterKind.Vector);
        yield return new SearchKnob(Run, "batch-size", true, true, false);
        yield return new SearchKnob(Run, "clip", true, false, false);
        yield return new SearchKnob(Run, "average", true, false, false);
        yield return new SearchKnob(Run, "schedule", false, false, false);
    }

    private string With(string specification, string value)
    {
        var parsed = ModelSpecification.Parse(specification);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string text) in parsed.Options.Where(option => WrittenName.Normal(option.Key) != WrittenName.Normal(Key))) options[name] = text;
        options[Key] = value;
        return (parsed with { Options = options }).ToString();
    }
}
