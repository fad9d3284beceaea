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
        new("absolute", "Absolute error: predicts the median", [], _ => _ => new AbsoluteLoss()),
        new("huber", "Squared error that turns linear far out", [new("delta", ParameterKind.Number, "1", "Distance at which it turns linear, in the label's unit.") { Minimum = 0, AboveMinimum = true }], Huber),
        new("quantile", "Pinball loss: predicts a quantile", [new("alpha", ParameterKind.Number, "0.5", "Share of the labels below the prediction.") { Minimum = 0, AboveMinimum = true, Maximum = 1, BelowMaximum = true }], Quantile),
        new("poisson", "Negative log-likelihood of a count, scores on the log scale", [new("max_step", ParameterKind.Number, "0.7", "Largest value of a leaf, on the log scale.") { Minimum = 0, AboveMinimum = true, Maximum = 10 }], Poisson),
        new("logistic", "Cross-entropy of two classes with one score, the log odds", [], _ => _ => new LogisticLoss()),
        new("softmax", "Cross-entropy with one score per class", [], _ => Softmax),
        new(BoostingOptions.PaperLoss, "What the paper's code makes small: squared error for numbers, softmax for classes, also for two", [], _ => target => HasClasses(target) ? Softmax(target) : new SquaredLoss()));

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
            BoostingLoss loss = s_registry.Create(specification.Length == 0 ? Default(target.Kind) : specification)(target);
            return loss.Kinds.Contains(target.Kind)
                ? loss
                : throw new BoostingException($"target '{target.Name}' is {target.Kind.ToString().ToLowerInvariant()}, found the loss {loss.Name} for {string.Join(", ", loss.Kinds).ToLowerInvariant()} targets; choose another or leave it out.");
        }
        catch (ComponentException exception)
        {
            throw new BoostingException(exception.Message, exception);
        }
    }

    private static Func<BoostingTarget, BoostingLoss> Huber(ComponentArguments arguments)
    {
        double delta = arguments.Number("delta");
        return _ => new HuberLoss(delta);
    }

    private static Func<BoostingTarget, BoostingLoss> Quantile(ComponentArguments arguments)
    {
        double alpha = arguments.Number("alpha");
        return _ => new QuantileLoss(alpha);
    }

    private static Func<BoostingTarget, BoostingLoss> Poisson(ComponentArguments arguments)
    {
        double step = arguments.Number("max_step");
        return _ => new PoissonLoss(step);
    }

    /// <summary>For a target without classes the least there can be; <see cref="Create"/> then says that the kinds do not match.</summary>
    private static SoftmaxLoss Softmax(BoostingTarget target) => new(HasClasses(target) ? target.Classes.Count : 2);

    private static bool HasClasses(BoostingTarget target) => target.Kind is TargetKind.Binary or TargetKind.Multiclass;

    private static string Default(TargetKind kind) => kind switch
    {
        TargetKind.Regression => "squared",
        TargetKind.Binary => "logistic",
        TargetKind.Multiclass => "softmax",
        TargetKind.Count => "poisson",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a settled kind of target."),
    };
}
