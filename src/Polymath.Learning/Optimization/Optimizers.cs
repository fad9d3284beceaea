using Polymath.Learning.Configuration;

namespace Polymath.Learning.Optimization;

/// <summary>The registry of optimisers.</summary>
/// <example><code>
/// Optimizer optimizer = Optimizers.Create("adamw:lr=1e-3,weight_decay=1e-5");
/// </code></example>
public static class Optimizers
{
    private static readonly ComponentParameter s_beta1 = Share("beta1", "0.9", "Decay of the mean of gradients.");
    private static readonly ComponentParameter s_beta2 = Share("beta2", "0.999", "Decay of the mean of squared gradients.");

    private static readonly ComponentRegistry<Optimizer> s_registry = new(
        "optimizer",
        new("sgd", "Gradient descent with momentum", [Rate("0.01"), Share("momentum", "0", "Share of the previous step that stays."), new("nesterov", ParameterKind.Flag, "false", "Look ahead; needs momentum and no dampening."), Share("dampening", "0", "What the gradient loses when it enters the momentum."), Decay("0")],
            a => new Sgd(a.Number("lr"), a.Number("momentum"), a.Flag("nesterov"), a.Number("dampening"), a.Number("weight_decay"))),
        new("adam", "Adam, weight decay in the gradient", [Rate("0.001"), s_beta1, s_beta2, Epsilon("1e-8"), Decay("0")],
            a => new Adam(a.Number("lr"), a.Number("beta1"), a.Number("beta2"), a.Number("epsilon"), a.Number("weight_decay"))),
        new("adamw", "Adam with decoupled weight decay", [Rate("0.001"), s_beta1, s_beta2, Epsilon("1e-8"), Decay("0.01")],
            a => new AdamW(a.Number("lr"), a.Number("beta1"), a.Number("beta2"), a.Number("epsilon"), a.Number("weight_decay"))),
        new("adagrad", "Adagrad", [Rate("0.01"), NotNegative("rate_decay", "0", "How fast the rate falls with the steps."), NotNegative("initial_squares", "0", "Where the sums of squares start."), Epsilon("1e-10"), Decay("0")],
            a => new Adagrad(a.Number("lr"), a.Number("rate_decay"), a.Number("initial_squares"), a.Number("epsilon"), a.Number("weight_decay"))));

    /// <summary>Every optimiser with its parameters.</summary>
    public static IReadOnlyList<Component<Optimizer>> All => s_registry.All;

    /// <summary>An optimiser from "name" or "name:parameter=value,parameter=value".</summary>
    /// <param name="specification">For example "adamw:lr=1e-3,weight_decay=1e-5".</param>
    /// <exception cref="ComponentException">Unknown name or parameter, or a value out of range.</exception>
    public static Optimizer Create(string specification)
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

    private static ComponentParameter Rate(string value) => NotNegative("lr", value, "Learning rate.");

    private static ComponentParameter Decay(string value) => NotNegative("weight_decay", value, "Weight decay.");

    private static ComponentParameter Epsilon(string value) => NotNegative("epsilon", value, "Added to the root.") with { AboveMinimum = true };

    private static ComponentParameter NotNegative(string name, string value, string meaning) => new(name, ParameterKind.Number, value, meaning) { Minimum = 0 };

    private static ComponentParameter Share(string name, string value, string meaning) => NotNegative(name, value, meaning) with { Maximum = 1, BelowMaximum = true };
}
