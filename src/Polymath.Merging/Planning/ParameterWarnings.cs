using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;

namespace Polymath.Merging.Planning;

/// <summary>Finds parameters that have no effect: unknown ones, global ones at a model, and filters that match no tensor.</summary>
internal static class ParameterWarnings
{
    /// <summary>What the configuration holds that nothing reads, when a plan fails: likely what its author meant to say.</summary>
    public static string? Misspelt(MergeConfiguration configuration, MergeMethod method)
    {
        var found = new List<string>(configuration.Warnings);
        Add(configuration, method, null, found);
        return found.FirstOrDefault();
    }

    /// <summary>Adds a sentence for each; without tensors filters are not looked at.</summary>
    public static void Add(MergeConfiguration configuration, MergeMethod method, IEnumerable<PlannedTensor>? tensors, List<string> warnings)
    {
        string[] names = [.. (tensors ?? []).SelectMany(tensor => tensor.Sources.Select(source => source.Tensor.Name).Prepend(tensor.Name)).Distinct(StringComparer.Ordinal)];
        string[] global = [.. method.Parameters.Select(parameter => parameter.Name)], all = [.. global.Concat(method.ModelParameters.Select(parameter => parameter.Name)).Distinct()];
        var wide = new List<ParameterTable> { configuration.Parameters };
        foreach (SliceEntry slice in configuration.Slices ?? []) wide.Add(slice.Parameters);
        foreach (ModuleEntry module in configuration.Modules ?? [])
        {
            wide.Add(module.Parameters);
            foreach (SliceEntry slice in module.Slices ?? []) wide.Add(slice.Parameters);
        }

        foreach (ParameterTable table in wide) Check(table, null);
        foreach (ModelEntry entry in configuration.Entries) Check(entry.Parameters, entry.Model.ToString());

        void Check(ParameterTable table, string? model)
        {
            foreach (string name in table.Names)
            {
                ParameterSetting setting = table.Find(name)!;
                string place = configuration.At(setting.Line);
                if (!all.Contains(name)) warnings.Add($"{place}: '{name}' is no parameter of method {method.Name} and has no effect{Data.Suggestion.Tail(name, all)}");
                else if (model is not null && global.Contains(name) && !method.ModelParameters.Any(parameter => parameter.Name == name)) warnings.Add($"{place}: '{name}' is a parameter of the whole merge and has no effect at model '{model}'; move it to the parameters of the merge or of a slice.");
                else if (tensors is not null) foreach (ConditionalValue condition in setting.Conditions.Where(condition => !names.Any(condition.Matches))) warnings.Add($"{place}: filter '{condition.Filter}' of '{name}' matches no tensor and has no effect.");
            }
        }
    }
}
