using System.Globalization;
using Polymath.Learning.Balancing;
using Polymath.Learning.Configuration;

namespace Polymath.Learning.Training;

/// <summary>
/// Training for task-based flat regions: for every task the shared parameters and that task's own take a sharpness-aware step uphill,
/// w + e_i(w), and the balancer combines the gradients g_i = dL_i(w) and the flat gradients f_i = dL_i(w + e_i) - g_i SEPARATELY; the
/// sum of the two results moves the shared parameters, and the own parameters of a task receive its gradient at w + e_i (Phan et al., "Beyond
/// Losses Reweighting: Empowering Multi-Task Learning via the Generalization Perspective", ICCV 2025, arXiv 2211.13723).
/// </summary>
/// <remarks>
/// e_i = rho g / (||g|| + 1e-12) over the shared parameters and those of task i together (SAM, Foret et al. 2021), or with
/// <see cref="Adaptive"/> rho w^2 g / (||w g|| + 1e-12), element by element (ASAM, Kwon et al. 2021), which never moves a value that is
/// zero. With one task this is plain SAM. Nothing is differentiated through the perturbation.
/// <para>Rules that read only losses (equal weighting, uncertainty weighting, ...) have no flat counterpart: their weights, found at w, are applied to the
/// gradients at w + e_i. Rules that read gradients keep two states, one for g and one for f; the second instance is shown the losses at w + e_i. Rules that
/// transform the losses keep the slopes f'(L_i(w)) in both passes. Where a rule weighs the tasks' own parameters, the weights of the first instance count.</para>
/// <para>Parameters that only some of the tasks reach count as shared: a task that does not reach one has gradient zero there and does not move
/// it. Batch normalisation keeps its running statistics during the perturbed passes, and dropout draws the same masks in all passes of a step.</para>
/// <para>A step costs one K-row sweep and K more passes forward and backward. It holds 2K gradient rows (K with <see cref="FlatSplit.Direct"/> or a rule on losses), the
/// combined one and a copy of the parameters.</para>
/// <para>Differs from VietHoang1512/FS-MTL@1371ec5 (multi-mnist/train.py) in nothing that its three-step recordings show; where all f_i are zero, as for
/// losses that are linear, the flat part is left out instead of being divided by zero.</para>
/// </remarks>
/// <example><code>
/// var trainer = new Trainer(model) { Balancer = new PCGrad(), FlatRegions = new FlatRegions { Rho = 2, Adaptive = true } };
/// </code></example>
public sealed record FlatRegions
{
    private const double DefaultRho = 0.05;

    private static readonly ComponentRegistry<FlatRegions> s_registry = new(
        "kind of flat region",
        new("sam", "Sharpness-aware steps of a fixed length", Parameters("0.05"), arguments => From(arguments, adaptive: false)),
        new("asam", "Adaptive ones, as long as the weights are large", Parameters("2"), arguments => From(arguments, adaptive: true)));

    /// <summary>The radius of the step uphill; 0 or more. 0 trains with the balancer alone. The paper uses 0.05 (SAM) and 2 (ASAM).</summary>
    public double Rho { get; init; } = DefaultRho;

    /// <summary>Whether a weight's step grows with its square (ASAM), so that rescaling the weights changes nothing.</summary>
    public bool Adaptive { get; init; }

    /// <summary>Whether the shared parameters and those of the task each take a step of length rho, as the paper writes it, instead of one step together, as its code does.</summary>
    public bool SeparateNorms { get; init; }

    /// <summary>Which gradients the balancer combines.</summary>
    public FlatSplit Split { get; init; }

    /// <summary>Looks uphill in every n-th step only, 1 or more; the steps between are the balancer's alone and as cheap.</summary>
    public int PerturbEvery { get; init; } = 1;

    /// <summary>The instance of the rule that combines the flat gradients; null makes one from the specification of the trainer's balancer. Unused by rules on losses and by <see cref="FlatSplit.Direct"/>.</summary>
    public Balancer? FlatBalancer { get; init; }

    /// <summary>The two kinds with their parameters, as <see cref="Create"/> reads them.</summary>
    public static IReadOnlyList<Component<FlatRegions>> Kinds => s_registry.All;

    /// <summary>From "sam" or "asam", with parameters as in "asam:rho=2,every=2".</summary>
    /// <param name="specification">Name, and parameters that differ from their defaults.</param>
    /// <exception cref="ComponentException">Unknown name or parameter, or a value out of range.</exception>
    public static FlatRegions Create(string specification) => s_registry.Create(specification);

    /// <summary>Name and parameters as <see cref="Create"/> reads them: "asam:rho=2". The second instance of the rule is not part of it.</summary>
    public string Specification => string.Create(CultureInfo.InvariantCulture,
        $"{(Adaptive ? "asam" : "sam")}:rho={Rho:R}{(SeparateNorms ? ",separate=true" : string.Empty)}{(Split == FlatSplit.Direct ? ",direct=true" : string.Empty)}{(PerturbEvery == 1 ? string.Empty : $",every={PerturbEvery}")}");

    /// <summary>Whether the balancer is one that combines flat gradients in an instance of their own.</summary>
    internal bool NeedsFlatBalancer(Balancer balancer) => Rho > 0 && Split == FlatSplit.LossAndFlat && balancer.ReadsGradients;

    /// <summary>The second instance, newly reset; null when there is no need for one.</summary>
    /// <exception cref="TrainingException">It cannot be made, or is not of use here.</exception>
    internal Balancer? MakeFlatBalancer(Balancer balancer, int tasks)
    {
        if (!NeedsFlatBalancer(balancer)) return null;
        Balancer flat = FlatBalancer ?? Copy(balancer);
        if (ReferenceEquals(flat, balancer)) throw new TrainingException($"FlatRegions: FlatBalancer is the trainer's own '{balancer.Name}', expected a second instance: loss and flat gradients have a state each.");
        if (!flat.ReadsGradients) throw new TrainingException($"FlatRegions: FlatBalancer '{flat.Name}' reads only losses, expected a rule that combines gradients, such as '{balancer.Name}'.");
        Require(flat);
        flat.Reset();
        flat.Prepare(tasks);
        return flat.Learnable.Length == 0 ? flat : throw new TrainingException($"FlatRegions: balancer '{flat.Name}' has values that the optimiser trains, which its second instance for the flat gradients cannot have; use Split = Direct or another balancer.");
    }

    /// <summary>Finds what cannot be trained this way.</summary>
    internal void Validate(Balancer balancer, TrainerOptions options, int tasks)
    {
        if (!(Rho >= 0 && double.IsFinite(Rho))) throw new TrainingException(string.Create(CultureInfo.InvariantCulture, $"FlatRegions: found Rho = {Rho}, expected 0 or more."));
        if (PerturbEvery < 1) throw new TrainingException($"FlatRegions: found PerturbEvery = {PerturbEvery}, expected 1 or more.");
        if (!Enum.IsDefined(Split)) throw new TrainingException($"FlatRegions: found Split = {(int)Split}, expected LossAndFlat or Direct.");
        if (Rho == 0) return;
        Require(balancer);
        if (options.BalanceAt != BalanceLevel.Parameters) throw new TrainingException($"FlatRegions: combines the gradients of the parameters, found BalanceAt = {options.BalanceAt}; balance at Parameters.");
        MakeFlatBalancer(balancer, tasks);
    }

    private static void Require(Balancer balancer)
    {
        const BalancerNeeds Unusable = BalancerNeeds.ThreeBatches | BalancerNeeds.Bilevel | BalancerNeeds.RepresentationGradients | BalancerNeeds.LossesAfterStep;
        if ((balancer.Needs & Unusable) is var found && found != 0) throw new TrainingException($"FlatRegions: balancer '{balancer.Name}' needs {found}, expected one that combines losses or parameter gradients of one batch, such as pcgrad or cagrad.");
        if (balancer.MixesRepresentation) throw new TrainingException($"FlatRegions: balancer '{balancer.Name}' mixes representations, expected one that combines losses or parameter gradients, such as pcgrad or cagrad.");
    }

    private static Balancer Copy(Balancer balancer)
    {
        try
        {
            return Balancers.Create(balancer.Specification);
        }
        catch (BalancerException exception)
        {
            throw new TrainingException($"FlatRegions: a second '{balancer.Name}' for the flat gradients cannot be made from its specification ({exception.Message}); set FlatRegions.FlatBalancer.", exception);
        }
    }

    private static IReadOnlyList<ComponentParameter> Parameters(string rho) =>
    [
        new("rho", ParameterKind.Number, rho, "Radius of the step uphill.") { Minimum = 0 },
        new("separate", ParameterKind.Flag, "false", "A step of that length for the shared parameters and another for the task's own."),
        new("direct", ParameterKind.Flag, "false", "Combine the gradients at the perturbed parameters at once."),
        new("every", ParameterKind.Integer, "1", "Look uphill in every n-th step only.") { Minimum = 1 },
    ];

    private static FlatRegions From(ComponentArguments arguments, bool adaptive) => new()
    {
        Rho = arguments.Number("rho"),
        Adaptive = adaptive,
        SeparateNorms = arguments.Flag("separate"),
        Split = arguments.Flag("direct") ? FlatSplit.Direct : FlatSplit.LossAndFlat,
        PerturbEvery = arguments.Integer("every"),
    };
}
