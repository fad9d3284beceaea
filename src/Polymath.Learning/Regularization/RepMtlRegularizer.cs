using System.Globalization;
using Polymath.Learning.Configuration;
using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>
/// Rep-MTL: sum_t f_t + lambda_tsr L_tsr(S) + lambda_csa L_csa(S) with f_t = ln L_t and the task saliencies S_t = d f_t / d Z at the shared
/// representation Z. L_tsr asks every location to matter to one task clearly, L_csa asks every task's channel affinities to agree with an
/// anchor of the same sample (Wang et al., "Rep-MTL", ICCV 2025, arXiv 2507.21049); the formulas are at <see cref="RepMtl"/>.
/// </summary>
/// <remarks>
/// Nothing is detached: the saliencies are recorded as they are swept, and the term is differentiated through them to the encoder and to the
/// heads. <see cref="RepMtlFiniteDifference"/> finds the same gradient without a second-order sweep.
/// <para>Parameters: lambda_tsr = lambda_csa = 0.9 (the paper's; stable between 0.7 and 1.5 for pretrained networks, too strong for small ones
/// trained from scratch, where 0.1 is safer); tau = 0.5 (the paper does not say); log_transform = true; csa = mean over tasks (an inference);
/// clip = 0, the largest Euclidean norm of d L / d S, for saliencies so near to zero that the entropy's gradient is dominated by a few locations.
/// Without the log transform the task with the largest loss owns every location, and L_tsr has nothing left to do.</para>
/// </remarks>
/// <example><code>
/// var regularizer = new RepMtlRegularizer(lambdaTsr: 0.9f, lambdaCsa: 0.9f, tau: 0.5f);
/// var trainer = new Trainer(model) { Regularizer = regularizer };
/// trainer.Fit(train, validation);
/// Console.WriteLine(regularizer.Last.Csa);
/// </code></example>
public sealed class RepMtlRegularizer : IRepresentationRegularizer
{
    private const string RegistryName = "rep-mtl";
    private const float DefaultLambda = 0.9f, DefaultTau = 0.5f;

    private static readonly ComponentParameter
        s_lambdaTsr = new("lambda_tsr", ParameterKind.Number, "0.9", "Weight of the entropy of the tasks at every location.") { Minimum = 0 },
        s_lambdaCsa = new("lambda_csa", ParameterKind.Number, "0.9", "Weight of the alignment of the tasks' channel affinities.") { Minimum = 0 },
        s_tau = new("tau", ParameterKind.Number, "0.5", "Temperature of the alignment.") { Minimum = 0, AboveMinimum = true },
        s_log = new("log_transform", ParameterKind.Flag, "true", "Train on the logarithms of the losses."),
        s_sum = new("csa_sum", ParameterKind.Flag, "false", "Sum the alignment over tasks instead of averaging it."),
        s_clip = new("clip", ParameterKind.Number, "0", "Largest norm of the derivative with respect to the saliencies; 0 does not clip.") { Minimum = 0 };

    private readonly double[] _values = [double.NaN, double.NaN];
    private readonly Tensor[] _gradients = new Tensor[1];

    /// <summary>The regulariser.</summary>
    /// <param name="lambdaTsr">Weight of L_tsr, 0 or more.</param>
    /// <param name="lambdaCsa">Weight of L_csa, 0 or more.</param>
    /// <param name="tau">Temperature of L_csa, above 0.</param>
    /// <param name="logTransform">Whether f_t = ln L_t; otherwise f_t = L_t.</param>
    /// <param name="reduction">How tasks combine in L_csa.</param>
    /// <param name="clip">Largest Euclidean norm of the derivative with respect to the saliencies; 0 does not clip.</param>
    /// <exception cref="ComponentException">A value is out of range.</exception>
    public RepMtlRegularizer(float lambdaTsr = DefaultLambda, float lambdaCsa = DefaultLambda, float tau = DefaultTau, bool logTransform = true, CsaReduction reduction = CsaReduction.Mean, double clip = 0)
    {
        LambdaTsr = (float)s_lambdaTsr.Check(RegistryName, lambdaTsr);
        LambdaCsa = (float)s_lambdaCsa.Check(RegistryName, lambdaCsa);
        Tau = (float)s_tau.Check(RegistryName, tau);
        Clip = s_clip.Check(RegistryName, clip);
        LogTransform = logTransform;
        Reduction = reduction;
    }

    /// <summary>Registration and parameter table.</summary>
    public static Component<IRepresentationRegularizer> Component { get; } = new(
        RegistryName,
        "Rep-MTL: representation-level task saliency",
        [s_lambdaTsr, s_lambdaCsa, s_tau, s_log, s_sum, s_clip],
        a => new RepMtlRegularizer((float)a.Number("lambda_tsr"), (float)a.Number("lambda_csa"), (float)a.Number("tau"), a.Flag("log_transform"), a.Flag("csa_sum") ? CsaReduction.Sum : CsaReduction.Mean, a.Number("clip")));

    /// <summary>Weight of L_tsr.</summary>
    public float LambdaTsr { get; }

    /// <summary>Weight of L_csa.</summary>
    public float LambdaCsa { get; }

    /// <summary>Temperature of L_csa.</summary>
    public float Tau { get; }

    /// <summary>Whether f_t = ln L_t.</summary>
    public bool LogTransform { get; }

    /// <summary>How tasks combine in L_csa.</summary>
    public CsaReduction Reduction { get; }

    /// <summary>Largest Euclidean norm of the derivative with respect to the saliencies; 0 does not clip.</summary>
    public double Clip { get; }

    /// <summary>What the last step found; overwritten by the next.</summary>
    public RepMtlReport Last { get; } = new();

    /// <inheritdoc/>
    public string Name => RegistryName;

    /// <inheritdoc/>
    public string Specification => Component.Specify(LambdaTsr, LambdaCsa, Tau, LogTransform, Reduction == CsaReduction.Sum, Clip);

    /// <inheritdoc/>
    public bool TransformsLosses => LogTransform;

    /// <inheritdoc/>
    public IReadOnlyList<string> Terms { get; } = ["tsr", "csa"];

    /// <inheritdoc/>
    public ReadOnlySpan<double> Values => _values;

    /// <inheritdoc/>
    public Tensor Regularize(Tape tape, ReadOnlySpan<Tensor> losses, Tensor representation, Span<Tensor> objectives)
    {
        ArgumentNullException.ThrowIfNull(tape);
        Require(tape, losses, representation, objectives);
        for (int t = 0; t < losses.Length; t++) objectives[t] = Objective(losses[t], t);
        if (losses.Length == 1)
        {
            Last.Skip(representation.Shape[0]);
            (_values[0], _values[1]) = (Last.Tsr, Last.Csa);
            return default;
        }

        tape.Gradients(objectives[..losses.Length], [representation], _gradients, createGraph: true);
        Tensor saliencies = _gradients[0];
        RepMtlTerms terms = RepMtl.Terms(saliencies, Tau, Reduction);
        Last.Update(terms, saliencies);
        (_values[0], _values[1]) = (Last.Tsr, Last.Csa);
        Tensor extra = Weigh(terms);
        if (Clip > 0) extra = Clipped(tape, extra, saliencies);
        if (!tape.DependsOn(extra, representation)) Last.Notes |= RepMtlNotes.NoCurvature;
        return extra;
    }

    /// <summary>f_t.</summary>
    internal Tensor Objective(Tensor loss, int position)
    {
        if (!LogTransform) return loss;
        float value = loss.Item();
        if (!(value > 0f)) throw new RegularizerException(string.Create(CultureInfo.InvariantCulture, $"{RegistryName}: the loss is {value}, and its logarithm needs a loss above 0; set log_transform=false or choose a loss that is bounded away from 0."), position);
        return loss.Log();
    }

    /// <summary>lambda_tsr L_tsr + lambda_csa L_csa.</summary>
    internal Tensor Weigh(in RepMtlTerms terms) => terms.Csa.IsEmpty ? terms.Tsr * LambdaTsr : (terms.Tsr * LambdaTsr) + (terms.Csa * LambdaCsa);

    /// <summary>The factor that brings a direction of some norm within the clip.</summary>
    internal double ClippingOf(double norm) => Clip > 0 && norm > Clip ? Clip / norm : 1;

    private Tensor Clipped(Tape tape, Tensor extra, Tensor saliencies)
    {
        if (!saliencies.RequiresGradient) return extra;
        tape.Gradients([extra], [saliencies], _gradients);
        Last.Clipping = ClippingOf(RepMtlReport.Norm(_gradients[0].Span));
        return Last.Clipping < 1 ? extra * (float)Last.Clipping : extra;
    }

    private static void Require(Tape tape, ReadOnlySpan<Tensor> losses, Tensor representation, ReadOnlySpan<Tensor> objectives)
    {
        if (losses.IsEmpty) throw new RegularizerException($"{RegistryName}: found 0 losses, expected at least 1.");
        if (objectives.Length < losses.Length) throw new RegularizerException($"{RegistryName}: found room for {objectives.Length} objectives of {losses.Length} losses, expected one each.");
        if (representation.IsEmpty) throw new RegularizerException($"{RegistryName}: found no representation, expected what every task's head reads.");
        if (representation.Shape.Rank < 2) throw new RegularizerException($"{RegistryName}: found a representation {representation.Shape}, expected [batch, channels] or [batch, channels, ...].");
        if (!representation.RequiresGradient) throw new RegularizerException($"{RegistryName}: no trained parameter comes before the representation {representation.Shape}, so there is nothing to regularise; offer the encoder's output.");
        for (int t = 0; t < losses.Length; t++)
        {
            if (!tape.DependsOn(losses[t], representation)) throw new RegularizerException($"{RegistryName}: the loss does not depend on the representation {representation.Shape}; every task must read the same one.", t);
        }
    }
}
