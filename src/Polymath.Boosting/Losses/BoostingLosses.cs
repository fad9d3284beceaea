using Polymath.Data;
using Polymath.Learning.Configuration;

namespace Polymath.Boosting;

/// <summary>The registry of boosting losses, and the one each kind of target gets by default.</summary>
/// <example><code>
/// BoostingLoss loss = BoostingLosses.Create("squared", target);
/// </code></example>
public static class BoostingLosses
{
    private static readonly ComponentRegistry<Func<BoostingTarget, BoostingLoss>> s_registry = new(
        "loss",
        new("squared", "Squared error", [], _ => _ => new SquaredLoss()),
        new("softmax", "Cross-entropy with one score per class", [], _ => target => new SoftmaxLoss(target.Classes.Count)));

    /// <summary>Every loss with its parameters.</summary>
    public static IReadOnlyList<Component<Func<BoostingTarget, BoostingLoss>>> All => s_registry.All;

    /// <summary>A loss from "name" or "name:parameter=value", or the default of the target's kind.</summary>
    /// <param name="specification">For example "huber:delta=1"; empty for the default.</param>
    /// <param name="target">What it is for.</param>
    /// <exception cref="BoostingException">Unknown name or parameter, a value out of range, or a loss that is not for this kind of target.</exception>
    public static BoostingLoss Create(string specification, BoostingTarget target)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(target);
        try
        {
            BoostingLoss loss = s_registry.Create(specification.Length == 0 ? Default(target.Kind) : specification == BoostingOptions.PaperLoss ? Paper(target.Kind) : specification)(target);
            return loss.Kinds.Contains(target.Kind)
                ? loss
                : throw new BoostingException($"target '{target.Name}' is {target.Kind.ToString().ToLowerInvariant()}, found the loss {loss.Name} for {string.Join(", ", loss.Kinds).ToLowerInvariant()} targets; choose another or leave it out.");
        }
        catch (ComponentException exception)
        {
            throw new BoostingException(exception.Message, exception);
        }
    }

    private static string Paper(TargetKind kind) => kind is TargetKind.Binary or TargetKind.Multiclass ? "softmax" : "squared";

    private static string Default(TargetKind kind) => kind switch
    {
        TargetKind.Regression => "squared",
        TargetKind.Binary => "softmax",
        TargetKind.Multiclass => "softmax",
        TargetKind.Count => "squared",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a settled kind of target."),
    };
}
