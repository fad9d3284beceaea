using Polymath.Learning.Configuration;

namespace Polymath.Learning.Losses;

/// <summary>The registry of losses, and the loss each kind of task gets by default.</summary>
/// <example><code>
/// Loss loss = LossFunctions.Create("huber:delta=1");
/// Loss usual = LossFunctions.Default(TaskKind.Binary);   // bce
/// </code></example>
public static class LossFunctions
{
    private static readonly ComponentParameter s_smoothing = new("label_smoothing", ParameterKind.Number, "0", "Share of the label spread over all classes.") { Minimum = 0, Maximum = 1, BelowMaximum = true };
    private static readonly ComponentParameter s_classWeights = new("class_weights", ParameterKind.Vector, string.Empty, "One weight per class, in the order of class numbers.") { Minimum = 0 };

    private static readonly ComponentRegistry<Loss> s_registry = new(
        "loss",
        new("bce", "Binary cross-entropy of a logit", [new("positive_weight", ParameterKind.Number, "1", "Factor on the loss of positive labels.") { Minimum = 0, AboveMinimum = true }, s_smoothing],
            arguments => new BceWithLogits((float)arguments.Number("positive_weight"), (float)arguments.Number("label_smoothing"))),
        new("cross_entropy", "Cross-entropy of one logit per class", [s_classWeights, s_smoothing],
            arguments => new CrossEntropy(arguments.Vector("class_weights"), (float)arguments.Number("label_smoothing"))),
        new("mse", "Squared error", [], _ => new MeanSquaredError()),
        new("mae", "Absolute error", [], _ => new MeanAbsoluteError()),
        new("huber", "Squared error that becomes absolute far away", [new("delta", ParameterKind.Number, "1", "Distance where it becomes absolute.") { Minimum = 0, AboveMinimum = true }],
            arguments => new Huber((float)arguments.Number("delta"))),
        new("poisson", "Poisson likelihood of a log rate", [new("full", ParameterKind.Flag, "false", "Add Stirling's approximation of ln y!.")],
            arguments => new Poisson(arguments.Flag("full"))),
        new("focal", "Cross-entropy that holds back well-classified rows",
            [
                new("gamma", ParameterKind.Number, "2", "How much they are held back.") { Minimum = 0 },
                new("alpha", ParameterKind.Number, string.Empty, "Weight of positive labels of a binary task; negatives get the rest.") { Minimum = 0, Maximum = 1 },
                s_classWeights,
            ],
            arguments => new Focal((float)arguments.Number("gamma"), (float?)arguments.Optional("alpha"), arguments.Vector("class_weights"))));

    /// <summary>Every loss with its parameters.</summary>
    public static IReadOnlyList<Component<Loss>> All => s_registry.All;

    /// <summary>A loss from "name" or "name:parameter=value,parameter=value".</summary>
    /// <param name="specification">For example "huber:delta=1".</param>
    /// <exception cref="ComponentException">Unknown name or parameter, or a value out of range.</exception>
    public static Loss Create(string specification)
    {
        try
        {
            return s_registry.Create(specification);
        }
        catch (ArgumentException exception)
        {
            throw new ComponentException($"{specification}: {exception.Message}", exception);
        }
    }

    /// <summary>The loss of a task: its own, or the default of its kind.</summary>
    /// <param name="target">The task.</param>
    /// <exception cref="ComponentException">The task's loss is not for its kind.</exception>
    public static Loss For(Target target)
    {
        Loss loss = target.Loss ?? Default(target.Kind);
        return loss.Kinds.Contains(target.Kind)
            ? loss
            : throw new ComponentException($"task '{target.Name}' is {target.Kind}, found the loss {loss.Name} for {string.Join(", ", loss.Kinds)} tasks; choose another or leave it out.");
    }

    /// <summary>BCE with logits, cross-entropy, MSE or Poisson.</summary>
    /// <param name="kind">What is predicted.</param>
    public static Loss Default(TaskKind kind) => kind switch
    {
        TaskKind.Binary => new BceWithLogits(),
        TaskKind.MultiClass => new CrossEntropy(),
        TaskKind.Regression => new MeanSquaredError(),
        TaskKind.Count => new Poisson(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "expected a named kind of task."),
    };
}
