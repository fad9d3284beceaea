using System.Globalization;
using System.Text;
using Polymath.Learning;

namespace Polymath.Tabular;

/// <summary>The size of a model, part by part; <see cref="ToString"/> prints a table.</summary>
/// <example><code>
/// var tasks = new TaskSet(Target.Binary("click"), Target.Binary("buy"));
/// Console.WriteLine(new MMoE(FeatureSchema.Numeric(6), tasks).Summary);
/// </code></example>
public sealed record ModelSummary
{
    private ModelSummary(string model, IReadOnlyList<ModelPart> parts)
    {
        Model = model;
        Parts = parts;
    }

    /// <summary>The registry name of the model.</summary>
    public string Model { get; }

    /// <summary>The parts, in the order of the forward pass.</summary>
    public IReadOnlyList<ModelPart> Parts { get; }

    /// <summary>Trained values in all.</summary>
    public long Parameters => Parts.Sum(part => part.Parameters);

    /// <summary>Multiplications and additions for one input row in all.</summary>
    public long FlopsPerRow => Parts.Sum(part => part.FlopsPerRow);

    /// <summary>The table, one line per part and a last one with the sums; columns are aligned by blanks.</summary>
    public override string ToString()
    {
        string[][] rows = [["part", "parameters", "FLOPs/row"], .. Parts.Append(new ModelPart(Model, Parameters, FlopsPerRow)).Select(part => new[] { part.Name, Number(part.Parameters), Number(part.FlopsPerRow) })];
        int[] widths = [.. Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows) text.Append(row[0].PadRight(widths[0])).Append("  ").Append(row[1].PadLeft(widths[1])).Append("  ").Append(row[2].PadLeft(widths[2])).Append('\n');
        return text.ToString();
    }

    /// <summary>Adds up parts of one name; what the whole does beyond its parts (mixing experts) is one more line.</summary>
    internal static ModelSummary Of(string name, Module whole, IEnumerable<KeyValuePair<string, Module>> parts)
    {
        var lines = new List<ModelPart>();
        foreach ((string part, Module module) in parts)
        {
            int at = lines.FindIndex(line => line.Name == part);
            var own = new ModelPart(part, module.ParameterCount, module.FlopsPerRow);
            if (at < 0) lines.Add(own);
            else lines[at] = new ModelPart(part, lines[at].Parameters + own.Parameters, lines[at].FlopsPerRow + own.FlopsPerRow);
        }

        long parameters = whole.ParameterCount - lines.Sum(line => line.Parameters), flops = whole.FlopsPerRow - lines.Sum(line => line.FlopsPerRow);
        if (parameters > 0 || flops > 0) lines.Insert(Math.Max(0, lines.Count - 1), new ModelPart("mixing", parameters, flops));
        return new ModelSummary(name, lines);
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
