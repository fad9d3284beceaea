using System.Diagnostics;
using System.Globalization;

namespace Polymath.Reproductions;

/// <summary>
/// A published system that can be run again: its data, its baseline, the system and the paper's claim. A system is one class in a folder
/// of its own; adding it to <see cref="PublishedSystems.All"/> makes it known to <c>polymath papers</c> and <c>polymath repro</c>.
/// </summary>
/// <remarks>
/// <see cref="Run"/> calls <see cref="ReproductionContext.Report"/> before each piece of work (which also stops it on Ctrl-C), takes files from
/// <see cref="ReproductionContext.Require"/>, and does less when <see cref="ReproductionContext.Quick"/> is set. Equal contexts give equal reports but for the seconds.
/// </remarks>
/// <example><code>
/// public override ReproductionReport Run(ReproductionContext context)
/// {
///     int seeds = context.Seeds ?? (context.Quick ? 1 : 3);
///     double[] ours = new double[seeds];
///     for (int seed = 0; seed &lt; seeds; seed++)
///     {
///         context.Report(seed, seeds, $"seed {seed + 1} of {seeds}");
///         ours[seed] = Accuracy(seed);
///     }
///
///     var accuracy = Spread.Of(ours);
///     return new ReproductionReport
///     {
///         Tables = [new ReportTable("Test accuracy", ["method", "accuracy"], [["ours", ReportCell.Over(ours, reference: 0.93)]])],
///         Assertions = [new ReproductionAssertion("accuracy above 0.9", accuracy.Mean > 0.9, accuracy.Text(2))],
///     };
/// }
/// </code></example>
public abstract class PublishedSystem
{
    /// <summary>Short name, what the user types: "balancers".</summary>
    public abstract string Slug { get; }

    /// <summary>The name in full.</summary>
    public abstract string Title { get; }

    /// <summary>Authors, venue and arXiv number.</summary>
    public abstract string Paper { get; }

    /// <summary>The central claim in one sentence.</summary>
    public abstract string Claim { get; }

    /// <summary>The class or namespace that implements it: "Polymath.Learning.Balancing".</summary>
    public abstract string Where { get; }

    /// <summary>Trains, measures and judges. Tables, assertions, notes and pictures are filled in; <see cref="Reproduce"/> adds the rest.</summary>
    /// <param name="context">What is wanted.</param>
    /// <exception cref="ReproductionException">Data is missing.</exception>
    /// <exception cref="OperationCanceledException">The run was asked to stop.</exception>
    public abstract ReproductionReport Run(ReproductionContext context);

    /// <summary>Runs the system and signs its report with name, command and time.</summary>
    /// <param name="context">What is wanted.</param>
    /// <exception cref="ReproductionException">Data is missing.</exception>
    /// <exception cref="OperationCanceledException">The run was asked to stop.</exception>
    public ReproductionReport Reproduce(ReproductionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var clock = Stopwatch.StartNew();
        ReproductionReport report = Run(context);
        string seeds = context.Seeds is { } count ? string.Create(CultureInfo.InvariantCulture, $" --seeds {count}") : string.Empty;
        string command = $"polymath repro {Slug}{(context.Quick ? " --quick" : string.Empty)}{seeds}";
        return report with { Slug = Slug, Title = Title, Command = command, Quick = context.Quick, Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1) };
    }
}
