using System.Globalization;
using Polymath.Learning.Reporting;

namespace Polymath.Reproductions.Home;

/// <summary>The tables of a <see cref="HomeStudy"/>.</summary>
internal sealed class HomeTables(HomeStudy study, string setting)
{
    private const int Decimals = 4;

    /// <summary>All of them.</summary>
    public IReadOnlyList<ReportTable> All()
    {
        var tables = new List<ReportTable>
        {
            new($"Test AUC: {setting} (mean ± standard deviation over seeds; in brackets a reference implementation with two other seeds)", ["network", "weights", "mean AUC", "AUC of follow"], Rows(study.Contestants.Where(one => one.Without is null), Overall)),
        };
        foreach (Tabular.TaskGroup group in BehaviourSet.Groups) tables.Add(new ReportTable($"Test AUC of group {group.Name}", ["network", .. group.Tasks], Rows(study.Contestants.Where(one => one.Without is null), one => [.. group.Tasks.Select(task => ReportCell.Over(study.Auc(one, task), decimals: Decimals))])));
        if (study.Contestants.Any(one => one.Without is not null)) tables.Add(new ReportTable("HoME without one of its parts: AUC minus that of HoME, paired by seed", ["network", "weights", "mean AUC", "AUC of follow"], Rows(study.Contestants.Where(one => one.Without is not null), Ablated)));
        Contestant[] mixtures = [.. study.Contestants.Where(one => one != Contestant.SharedBottom)];
        tables.Add(new ReportTable("What the experts did on the test rows: zeros among their outputs, the largest standard deviation of an expert over the smallest of its level, the largest share of one reader in a shared expert's gate weight, and the entropy of mean gate weights (1: all used alike)", ["network", "zeros %", "std ratio", "share %", "used"], Rows(mixtures, Diagnosed)));
        tables.Add(new ReportTable("Anomalies found per training: collapsed experts, shared ones captured by one reader, readers that neglect their own experts", ["network", "collapse", "degradation", "under-fitting"], Rows(mixtures, one => [.. Enum.GetValues<ExpertAnomalyKind>().Select(kind => ReportCell.Over([.. study.Experts(one).Select(report => (double)report.Anomalies.Count(anomaly => anomaly.Kind == kind))], decimals: 1))])));
        foreach (Contestant one in new[] { Contestant.MMoE, Contestant.HoME }) tables.Add(Weights(one));
        return tables;
    }

    /// <summary>Rate of zeros among the outputs of all experts, by seed.</summary>
    public static double[] Zeros(ExpertReport[] reports) => [.. reports.Select(report => report.Experts.Average(expert => expert.ZeroRate))];

    /// <summary>Largest standard deviation over the smallest of a level, the worst level of every seed.</summary>
    public static double[] Ratios(ExpertReport[] reports) => [.. reports.Select(report => report.Experts.GroupBy(expert => expert.Level).Max(level => level.Max(expert => expert.Deviation) / level.Min(expert => expert.Deviation)))];

    private ReportCell[] Overall(Contestant one) =>
    [
        ReportCell.Number(study.Parameters(one), decimals: 0),
        ReportCell.Over(study.Auc(one), one.Reference?.Mean, Decimals),
        ReportCell.Over(study.Auc(one, "follow"), one.Reference?.Follow, Decimals),
    ];

    private ReportCell[] Ablated(Contestant one) =>
    [
        ReportCell.Number(study.Parameters(one), decimals: 0),
        ReportCell.Over(study.Lead(one, Contestant.HoME), decimals: Decimals),
        ReportCell.Over(study.Lead(one, Contestant.HoME, "follow"), decimals: Decimals),
    ];

    private ReportCell[] Diagnosed(Contestant one)
    {
        ExpertReport[] reports = study.Experts(one);
        return
        [
            ReportCell.Over([.. Zeros(reports).Select(rate => 100 * rate)], one == Contestant.MMoE ? 40 : null, 1),
            ReportCell.Over(Ratios(reports), decimals: 1),
            ReportCell.Over([.. reports.Select(report => 100 * report.Experts.Where(expert => expert.Owner.Length == 0).Max(expert => report.LargestShare(expert)?.Share ?? 0))], decimals: 0),
            ReportCell.Over([.. reports.Select(report => report.Gates.Where(gate => !gate.IsShared).Average(gate => gate.Utilisation))]),
        ];
    }

    /// <summary>Zeros, deviation and mean gate weights of every expert that tasks use, in the first training.</summary>
    private ReportTable Weights(Contestant one)
    {
        ExpertReport report = study.Experts(one)[0];
        int level = report.Gates.Max(gate => gate.Level);
        GateFigures[] gates = [.. BehaviourSet.Tasks.Select(task => report.Gates.First(gate => gate.Level == level && gate.Consumer == task.Name))];
        return new ReportTable(
            string.Create(CultureInfo.InvariantCulture, $"{one.Name}, first seed: the experts that tasks mix, and the mean gate weight of each task"),
            ["expert", "zeros %", "std", .. BehaviourSet.Tasks.Select(task => task.Name)],
            [.. report.Experts.Where(expert => expert.Level == level).Select(expert => (IReadOnlyList<ReportCell>)(ReportCell[])
            [
                expert.Name,
                ReportCell.Number(100 * expert.ZeroRate, decimals: 0),
                ReportCell.Number(expert.Deviation),
                .. gates.Select(gate => Array.IndexOf([.. gate.Experts], expert.Name) is var at and >= 0 ? ReportCell.Number(gate.Weights[at]) : "-"),
            ])]);
    }

    private static IReadOnlyList<IReadOnlyList<ReportCell>> Rows(IEnumerable<Contestant> contestants, Func<Contestant, ReportCell[]> cells) => [.. contestants.Select(one => (IReadOnlyList<ReportCell>)(ReportCell[])[one.Name, .. cells(one)])];
}
