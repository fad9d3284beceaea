using System.Diagnostics;
using System.Globalization;

namespace Polymath.Reproductions;

/// <summary>
/// A published system that can be run again: its data, its baseline, the system and the paper's claim. A system is one class in a folder
/// of its own; adding it to <see cref="PublishedSystems.All"/> makes it known to <c>polymath papers</c> and <c>polymath repro</c>.
/// </summary>
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
        return report with { Slug = Slug, Title = Title, Command = command, Quick = context.Quick, Seconds = clock.Elapsed.TotalSeconds };
    }
}
