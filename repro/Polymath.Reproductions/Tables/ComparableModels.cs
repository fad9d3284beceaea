using System.Globalization;
using Polymath.Tabular;
using Polymath.Tabular.Runs;

namespace Polymath.Reproductions.Tables;

/// <summary>Every registered model at a comparable size: the same widths of bottoms, experts and towers, the same number of experts; all else by default.</summary>
internal static class ComparableModels
{
    // What a training may cost at three times the forward pass, the backward one included: a minute or two of one core.
    private const double MostOperations = 6e12;
    private const int PassesPerStep = 3;

    private static readonly (string Option, string Value)[] s_widths = [("bottom-hidden", "64/32"), ("expert-hidden", "64/32"), ("tower-hidden", "16"), ("experts", "4"), ("shared-experts", "2"), ("specific-experts", "2")];

    /// <summary>The models, <c>name:option=value,...</c>.</summary>
    public static IReadOnlyList<string> All => [.. TabularModels.All.Select(model => new ModelSpecification(model.Name, s_widths.Where(width => model.Options.Any(option => option.Name == width.Option)).ToDictionary(width => width.Option, width => width.Value)).ToString())];

    /// <summary>Why a model is not tried on a table; null when it is.</summary>
    public static string? Reason(string model, StudyTable table)
    {
        if (!table.IsFunnel && TabularModels.Find(ModelSpecification.Parse(model).Name).TakesFunnel) return "the tasks there are not the steps of a funnel";
        try
        {
            double operations = (double)PassesPerStep * ModelSpecification.Parse(model).Create(table.Data.Schema, table.Data.Tasks, 0).FlopsPerRow * table.Data.Train.Rows * table.Epochs;
            return operations <= MostOperations ? null : string.Create(CultureInfo.InvariantCulture, $"a training of {operations:0.0e0} operations is beyond the budget of {MostOperations:0e0}");
        }
        catch (ModelException exception)
        {
            return exception.Message;
        }
    }
}
