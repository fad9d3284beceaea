using System.Globalization;
using Polymath.Learning.Balancing;

namespace Polymath.Reproductions.Balancing;

/// <summary>Runs balancers from the four starts of <see cref="ToyLandscape"/>.</summary>
internal sealed class ToyStudy
{
    private const int FullSteps = 50_000;
    private const double Arrived = -10;

    /// <summary>Makes the losses, whose least value is -20, positive for rules that take logarithms or products of them.</summary>
    private const double Shift = 21;
    private static readonly string[] s_shifted = ["gls", "stch", "famo", "db-mtl"];

    // There is no representation here.
    private static readonly (string Name, string Specification)[] s_forms = [("graddrop", "graddrop:at=parameters")];

    // (L1 + L2) / 2 after 50,000 steps of the official rules, by start; CAGrad, Aligned-MTL and UPGrad are still on their way in some of them.
    private static readonly (string Name, double[] Ends)[] s_official =
    [
        ("ew", [3.55, 2.29, 3.93, -15.09]), ("pcgrad", [-13.9, -14.7, -13.7, -15.1]), ("mgda", [-14.0, -14.0, -14.0, -10.2]), ("imtl", [-14.5, -14.6, -14.6, -10.3]),
        ("nash", [-14.2, -14.4, -14.2, -10.6]), ("cagrad", [0.1, -15.1, 0.5, -15.1]), ("aligned", [-15.1, 1.1, -15.1, -15.1]), ("upgrad", [2.7, -14.6, 2.9, -15.1]),
    ];

    private readonly List<ToyTrajectories> _runs = [];

    /// <param name="balancers">Registry names.</param>
    public ToyStudy(IEnumerable<string> balancers) => Names = [.. balancers.Where(name => ToyDescent.Accepts(Make(name).Needs))];

    /// <summary>What was done so that every rule could take part.</summary>
    public static string Note => string.Create(CultureInfo.InvariantCulture, $"In the toy landscape {string.Join(", ", s_shifted)}, which need positive losses, see both of them {Shift:0} higher; graddrop works on the parameters. Two-level rules need rows of data and are left out.");

    /// <summary>The balancers that reach the Pareto set's neighbourhood from everywhere, according to their papers.</summary>
    public static IReadOnlyList<string> Arriving { get; } = ["pcgrad", "mgda", "imtl", "nash"];

    /// <summary>The balancers that can be tried.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Why a balancer has no result, by name.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>The results so far.</summary>
    public IReadOnlyList<ToyTrajectories> Runs => _runs;

    /// <summary>Descends with everything.</summary>
    /// <param name="report">Told the balancers done and the next one.</param>
    /// <param name="cancellation">Stops within a thousand steps.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        for (int i = 0; i < Names.Count; i++)
        {
            report(i, $"toy landscape, {Names[i]}");
            try
            {
                _runs.Add(Descend(Names[i], cancellation));
            }
            catch (BalancerException exception)
            {
                Failures[Names[i]] = exception.Message;
            }
        }
    }

    /// <summary>Where each balancer ended, beside the official figures.</summary>
    public ReportTable Table()
    {
        var rows = new List<IReadOnlyList<ReportCell>>();
        foreach (ToyTrajectories run in _runs)
        {
            int official = Array.FindIndex(s_official, entry => entry.Name == run.Balancer);
            rows.Add([run.Balancer, .. run.Ends.Select((end, start) => ReportCell.Number(end, official < 0 ? null : s_official[official].Ends[start], decimals: 1))]);
        }

        string[] starts = [.. ToyLandscape.Starts.Select(start => string.Create(CultureInfo.InvariantCulture, $"({start.X1}, {start.X2})"))];
        return new ReportTable(string.Create(CultureInfo.InvariantCulture, $"Toy landscape: (L1 + L2) / 2 after {FullSteps:N0} steps of Adam from four starts; the best reachable is -15.1"), ["balancer", .. starts], rows);
    }

    /// <summary>The papers' sentences; a balancer that is missing or failed has not arrived.</summary>
    public IEnumerable<ReproductionAssertion> Judge()
    {
        double[] stuck = EndsOf(EqualWeighting.Descriptor.Name);
        yield return new ReproductionAssertion("ew is stuck in a valley, above 0, from starts 1 to 3", stuck.Length > 0 && stuck.Take(3).All(end => end > 0), Text(stuck));
        foreach (string name in Arriving)
        {
            double[] ends = EndsOf(name);
            yield return new ReproductionAssertion(string.Create(CultureInfo.InvariantCulture, $"{name} comes below {Arrived} from all four starts"), ends.Length > 0 && ends.All(end => end < Arrived), Text(ends));
        }
    }

    private static ToyTrajectories Descend(string name, CancellationToken cancellation)
    {
        int starts = ToyLandscape.Starts.Count;
        var ends = new double[starts];
        var paths = new (float X1, float X2)[starts][];
        for (int start = 0; start < starts; start++)
        {
            var descent = new ToyDescent(Make(name), ToyLandscape.Starts[start], s_shifted.Contains(name) ? Shift : 0);
            descent.Run(FullSteps, cancellation);
            (ends[start], paths[start]) = (descent.Mean, [.. descent.Path]);
        }

        return new ToyTrajectories(name, ends, paths);
    }

    private static Balancer Make(string name) => Learning.Balancing.Balancers.Create(Array.Find(s_forms, form => form.Name == name).Specification ?? name);

    private double[] EndsOf(string name) => _runs.Find(run => run.Balancer == name)?.Ends ?? [];

    private static string Text(double[] ends) => ends.Length == 0 ? "-" : string.Join(", ", ends.Select(end => end.ToString("0.0", CultureInfo.InvariantCulture)));
}
