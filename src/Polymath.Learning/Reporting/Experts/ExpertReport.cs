using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Polymath.Learning.Reporting;

/// <summary>How a model of experts and gates used them on some rows: plain data, with the anomalies it shows. <see cref="ToString"/> prints tables.</summary>
/// <param name="Rows">How many rows were looked at.</param>
/// <param name="Experts">Every expert, level by level.</param>
/// <param name="Gates">Every gate, level by level.</param>
public sealed record ExpertReport(long Rows, IReadOnlyList<ExpertFigures> Experts, IReadOnlyList<GateFigures> Gates)
{
    /// <summary>The rate of zeros from which an expert has collapsed.</summary>
    public const double CollapsedZeros = 0.9;

    /// <summary>The part of the units that may be dead.</summary>
    public const double CollapsedUnits = 0.5;

    /// <summary>The least standard deviation, as a part of the largest of a level.</summary>
    public const double CollapsedScale = 0.1;

    /// <summary>The least share of own experts, as a part of what equal weights give them.</summary>
    public const double UnderFitShare = 0.25;

    private const double Negligible = 1e-6;

    /// <summary>What is wrong, in the order of experts and gates; empty when nothing is.</summary>
    public IReadOnlyList<ExpertAnomaly> Anomalies => [.. Collapsed(), .. Degraded(), .. UnderFitted()];

    /// <summary>Whether something has an anomaly of a kind.</summary>
    /// <param name="kind">Which kind.</param>
    /// <param name="level">Its level.</param>
    /// <param name="subject">An expert, or a task or group.</param>
    public bool IsFlagged(ExpertAnomalyKind kind, int level, string subject) => Anomalies.Any(anomaly => anomaly.Kind == kind && anomaly.Level == level && anomaly.Subject == subject);

    /// <summary>The largest share of one task (or group) in the weight that all who can use an expert give it, with its name; null for an expert that only one can use.</summary>
    /// <param name="expert">One of <see cref="Experts"/>.</param>
    public (string Consumer, double Share, int Consumers)? LargestShare(ExpertFigures expert)
    {
        ArgumentNullException.ThrowIfNull(expert);
        var masses = Gates.Where(gate => gate.Level == expert.Level && !gate.IsShared).Select(gate => (gate.Consumer, Mass: Weight(gate, expert.Name))).Where(entry => entry.Mass is not null).ToArray();
        double total = masses.Sum(entry => entry.Mass!.Value);
        if (masses.Length < 2 || total < Negligible) return null;
        (string consumer, double? largest) = masses.MaxBy(entry => entry.Mass);
        return (consumer, largest!.Value / total, masses.Length);
    }

    /// <summary>The share of its own experts in all weight that a task (or group) gives, its self gate included; null when it has none or no others.</summary>
    /// <param name="gate">One of <see cref="Gates"/>.</param>
    public double? OwnShare(GateFigures gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        bool[] own = Own(gate);
        if (gate.IsShared || own.All(mine => mine) || !own.Any(mine => mine)) return null;
        double self = gate.SelfWeights.Sum();
        return (gate.Weights.Where((_, e) => own[e]).Sum() + self) / (1 + self);
    }

    /// <summary>The report as JSON: the object that <see cref="RunReport.ToJson"/> has under "experts".</summary>
    /// <param name="json">Receives it.</param>
    public void WriteJson(Utf8JsonWriter json) => ExpertReportJson.WriteValue(json, this);

    /// <summary>Tables of experts and gates in 80 columns, and the anomalies as sentences.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"expert",-26}{"zeros",8}{"dead",8}{"mean",9}{"std",9}  largest share\n");
        foreach (ExpertFigures expert in Experts)
        {
            string share = LargestShare(expert) is { } largest ? string.Create(CultureInfo.InvariantCulture, $"{100 * largest.Share,3:0} % {largest.Consumer}") : "-";
            text.Append(CultureInfo.InvariantCulture, $"{Fit(At(expert.Level, expert.Name), 26)}{100 * expert.ZeroRate,6:0.0} %{$"{expert.DeadUnits}/{expert.Width}",8}{expert.Mean,9:0.000}{expert.Deviation,9:0.000}  {Fit(share, 18).TrimEnd()}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"\n{"gate of",-20}{"used",6}{"own",7}  mean weights\n");
        foreach (GateFigures gate in Gates)
        {
            string own = OwnShare(gate) is { } part ? string.Create(CultureInfo.InvariantCulture, $"{100 * part:0} %") : "-";
            IEnumerable<string> weights = gate.Experts.Zip(gate.Weights).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.First} {pair.Second:0.00}"));
            string head = string.Create(CultureInfo.InvariantCulture, $"{Fit(At(gate.Level, gate.Consumer), 20)}{gate.Utilisation,6:0.00}{own,7}  ");
            foreach (string line in Wrap(weights, 80 - head.Length))
            {
                text.Append(head).Append(line).Append('\n');
                head = new string(' ', head.Length);
            }
        }

        IReadOnlyList<ExpertAnomaly> anomalies = Anomalies;
        text.Append('\n').Append(anomalies.Count == 0 ? "No expert has collapsed, none is captured by one task, no task neglects its own.\n" : string.Empty);
        foreach (ExpertAnomaly anomaly in anomalies)
        {
            foreach (string line in Wrap(anomaly.Sentence.Split(' '), 80, " ")) text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private IEnumerable<ExpertAnomaly> Collapsed()
    {
        foreach (ExpertFigures expert in Experts)
        {
            double largest = Experts.Where(other => other.Level == expert.Level).Max(other => other.Deviation);
            string? why = expert.ZeroRate >= CollapsedZeros ? string.Create(CultureInfo.InvariantCulture, $"{100 * expert.ZeroRate:0} % of its outputs are zero")
                : expert.DeadUnits > CollapsedUnits * expert.Width ? $"{expert.DeadUnits} of its {expert.Width} units are zero for every row"
                : expert.Deviation < CollapsedScale * largest ? string.Create(CultureInfo.InvariantCulture, $"its outputs have a standard deviation of {expert.Deviation:0.###}, the largest of its level {largest:0.###}")
                : null;
            if (why is not null) yield return new ExpertAnomaly(ExpertAnomalyKind.Collapse, expert.Level, expert.Name, $"Collapse: expert {At(expert.Level, expert.Name)}: {why}.");
        }
    }

    private IEnumerable<ExpertAnomaly> Degraded()
    {
        foreach (ExpertFigures expert in Experts)
        {
            // A task's own expert that others may use too (all masks open) is meant for that task.
            if (LargestShare(expert) is not { } largest || largest.Consumer == expert.Owner || largest.Share <= (1 + (1.0 / largest.Consumers)) / 2) continue;
            yield return new ExpertAnomaly(ExpertAnomalyKind.Degradation, expert.Level, expert.Name, string.Create(CultureInfo.InvariantCulture, $"Degradation: expert {At(expert.Level, expert.Name)} works for '{largest.Consumer}', which has {100 * largest.Share:0} % of the weight that {largest.Consumers} readers give it."));
        }
    }

    private IEnumerable<ExpertAnomaly> UnderFitted()
    {
        foreach (GateFigures gate in Gates)
        {
            if (OwnShare(gate) is not { } share) continue;
            bool[] own = Own(gate);
            double equal = (double)own.Count(mine => mine) / own.Length;
            if (share < UnderFitShare * equal) yield return new ExpertAnomaly(ExpertAnomalyKind.UnderFitting, gate.Level, gate.Consumer, string.Create(CultureInfo.InvariantCulture, $"Under-fitting: '{gate.Consumer}' gives its own experts of level {gate.Level} {100 * share:0.#} % of its weight, equal weights would give {100 * equal:0} %."));
        }
    }

    private bool[] Own(GateFigures gate) => [.. gate.Experts.Select(name => Experts.Any(expert => expert.Level == gate.Level && expert.Name == name && expert.Owner == gate.Consumer))];

    private static double? Weight(GateFigures gate, string expert)
    {
        for (int e = 0; e < gate.Experts.Count; e++)
        {
            if (gate.Experts[e] == expert) return gate.Weights[e];
        }

        return null;
    }

    private string At(int level, string name) => Experts.Any(expert => expert.Level > 0) ? string.Create(CultureInfo.InvariantCulture, $"{level}: {name}") : name;

    private static string Fit(string text, int width) => text.Length < width ? text.PadRight(width) : $"{text.AsSpan(0, width - 2)}… ";

    private static IEnumerable<string> Wrap(IEnumerable<string> parts, int width, string gap = "  ")
    {
        string line = string.Empty;
        foreach (string part in parts)
        {
            if (line.Length > 0 && line.Length + gap.Length + part.Length > width)
            {
                yield return line;
                line = string.Empty;
            }

            line = line.Length == 0 ? part : line + gap + part;
        }

        yield return line;
    }
}
