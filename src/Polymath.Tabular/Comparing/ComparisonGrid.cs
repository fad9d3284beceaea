using System.Globalization;
using Polymath.Data;
using Polymath.Data.Runs;
using Polymath.Learning.Configuration;
using Polymath.Tabular.Runs;

namespace Polymath.Tabular.Comparing;

/// <summary>The cells of a comparison: every model with every balancer.</summary>
internal static class ComparisonGrid
{
    /// <summary>The balancer of what has nothing to balance.</summary>
    public const string EqualWeighting = "ew";

    /// <summary>The cells in order, with their labels.</summary>
    /// <exception cref="RunException">A model or balancer is listed twice.</exception>
    /// <exception cref="ModelException">An unknown model or option, or a value out of range.</exception>
    /// <exception cref="Learning.Balancing.BalancerException">The same of a balancer.</exception>
    public static IReadOnlyList<ComparisonCell> Of(ComparisonSettings settings)
    {
        ModelSpecification[] models = [.. ModelsOf(settings).Select(ModelSpecification.Parse)];
        foreach (ModelSpecification model in models) TabularModels.Find(model.Name).Check(model.Options);
        foreach (string balancer in settings.Balancers) Learning.Balancing.Balancers.Create(balancer);
        string[] texts = [.. models.Select(model => model.ToString())], balancers = [.. settings.Balancers];
        RefuseTwice("models", texts);
        RefuseTwice("balancers", balancers);
        string[] names = Labels(texts, [.. models.Select(model => model.Name)]), rules = Labels(balancers, [.. balancers.Select(text => text.Split(':')[0])]);
        var cells = new List<ComparisonCell>();
        for (int m = 0; m < models.Length; m++)
        {
            // Networks that share nothing have no gradients to balance: one cell is all that can differ.
            if (WrittenName.Is(SingleTask.RegistryName, models[m].Name)) cells.Add(new ComparisonCell(texts[m], EqualWeighting, names[m]));
            else cells.AddRange(balancers.Select((balancer, b) => new ComparisonCell(texts[m], balancer, balancers.Length == 1 ? names[m] : $"{names[m]} + {rules[b]}")));
        }

        return cells;
    }

    /// <summary>The settings of a comparison that is given more to do: the models, balancers and seeds of both.</summary>
    /// <param name="earlier">What it did.</param>
    /// <param name="more">What it is to do now.</param>
    /// <exception cref="RunException">Between the seeds of both are others.</exception>
    public static ComparisonSettings Join(ComparisonSettings earlier, ComparisonSettings more)
    {
        int first = Math.Min(earlier.Seed, more.Seed), end = Math.Max(earlier.Seed + earlier.Seeds, more.Seed + more.Seeds);
        if (end - first > earlier.Seeds + more.Seeds) throw new RunException($"seed: the comparison there has the seeds {Seeds(earlier)}, found {Seeds(more)}, expected seeds that join them; give other seeds another --out.");
        return more with
        {
            Models = [.. ModelsOf(earlier).Concat(ModelsOf(more)).DistinctBy(text => ModelSpecification.Parse(text).ToString(), StringComparer.Ordinal)],
            Balancers = [.. earlier.Balancers.Union(more.Balancers, StringComparer.Ordinal)],
            Seed = first,
            Seeds = end - first,
            Reference = more.Reference.Length > 0 ? more.Reference : earlier.Reference,
        };
    }

    /// <summary>The position of the cell that the others are compared with.</summary>
    /// <exception cref="RunException">It is not in the grid.</exception>
    public static int ReferenceOf(string reference, IReadOnlyList<ComparisonCell> cells)
    {
        ComparisonCell[] all = [.. cells];
        if (reference.Length == 0) return Math.Max(0, Array.FindIndex(all, cell => NameOf(cell) == SingleTask.RegistryName));
        int at = Array.FindIndex(all, cell => cell.Label == reference);
        if (at < 0) at = Array.FindIndex(all, cell => cell.Model == reference);
        if (at < 0) at = Array.FindIndex(all, cell => NameOf(cell) == reference);
        return at >= 0 ? at : throw new RunException($"reference: '{reference}' is not in the grid{Suggestion.Tail(reference, [.. cells.Select(cell => cell.Label)])}");
    }

    private static IEnumerable<string> ModelsOf(ComparisonSettings settings) => settings.Models.SelectMany(text => text == ComparisonSettings.All ? TabularModels.All.Select(model => model.Name) : [text]);

    private static string Seeds(ComparisonSettings settings) => string.Create(CultureInfo.InvariantCulture, $"{settings.Seed} to {settings.Seed + settings.Seeds - 1}");

    private static string NameOf(ComparisonCell cell) => cell.Model.Split(':')[0];

    // The name alone where it says which, else with a number.
    private static string[] Labels(string[] texts, string[] names)
    {
        string[] labels = new string[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            int[] same = [.. Enumerable.Range(0, texts.Length).Where(other => names[other] == names[i])];
            labels[i] = same.Length == 1 ? names[i] : string.Create(CultureInfo.InvariantCulture, $"{names[i]} #{Array.IndexOf(same, i) + 1}");
        }

        return labels;
    }

    private static void RefuseTwice(string name, string[] texts)
    {
        if (texts.GroupBy(text => text, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is { } twice) throw new RunException($"{name}: '{twice}' is listed twice, expected distinct entries.");
    }
}
