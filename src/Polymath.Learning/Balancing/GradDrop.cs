using Polymath.Tensors;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Gradient sign dropout: where the tasks disagree about the sign of a gradient, one sign is drawn, the likelier the more weight it has, and
/// the gradients of the other sign are dropped (Chen et al., "Just Pick a Sign", NeurIPS 2020, algorithm 1).
/// </summary>
/// <remarks>
/// At the representation Z: per feature, s_k = sum over the batch of z_k sign(Z); P = 1/2 (1 + sum s_k / (sum |s_k| + 1e-7)); U uniform on
/// [0, 1); mask_k = [P &gt; U][s_k &gt; 0] + [P &lt; U][s_k &lt; 0]; sum_k z_k (leak_k + (1 - leak_k) mask_k) is sent into the trunk.
/// At the parameters: the same per column with s_k = g_k and without the 1e-7. Reported weights are 1; single tasks' parameters get their own gradient.
/// <para>Parameters: leak = 0 (one number, or one per task of the full list), at = representation.</para>
/// <para>Reference: LibMTL@4336804 weighting/GradDrop.py (representation only, one leak) and TorchJD@46962c2 aggregation/_graddrop.py (parameters).
/// Differs: where the representation is in several parts, such as a mixture's experts, every part has its own draws; a parameter that several
/// tasks read directly has no batch to sum over, and its zeros count as positive, so that they can be learned.</para>
/// </remarks>
/// <example><code>var balancer = new GradDrop(leak: [0.1]);</code></example>
public sealed unsafe class GradDrop : Balancer
{
    private const float LibMtlSmoothing = 1e-7f;

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "graddrop",
        "Gradient sign dropout",
        BalancerNeeds.Gradients | BalancerNeeds.RepresentationGradients,
        "Chen, Ngiam, Huang, Luong, Kretzschmar, Chai, Anguelov: Just Pick a Sign: Optimizing Deep Multitask Models with Gradient Sign Dropout, NeurIPS 2020",
        [
            new BalancerParameter("leak", BalancerParameterKind.Vector, "0", "Share that a dropped gradient keeps: one number, or one per task of the full list; 1 is the sum.") { Minimum = 0, Maximum = 1 },
            new BalancerParameter("at", BalancerParameterKind.Choice, "representation", "Compare gradients at the shared representation, as LibMTL, or at the parameters, as TorchJD.") { Choices = ["representation", "parameters"] },
        ],
        arguments => new GradDrop(arguments.Vector("leak"), (GradDropLevel)arguments.Choice("at")));

    private readonly double[] _leak;
    private float[] _uniform = [], _leaks = [], _signs = [];

    /// <summary>Gradient sign dropout.</summary>
    /// <param name="leak">Share that a dropped gradient keeps, in [0, 1]: one for all or one per task; null for 0.</param>
    /// <param name="at">Which gradients are compared.</param>
    public GradDrop(IReadOnlyList<double>? leak = null, GradDropLevel at = GradDropLevel.Representation)
    {
        _leak = leak is null or { Count: 0 } ? [0] : [.. leak];
        foreach (double value in _leak) Descriptor.Parameter("leak").Check(Descriptor.Name, value);
        At = Enum.IsDefined(at) ? at : throw Descriptor.Parameter("at").Invalid(Descriptor.Name, at.ToString());
    }

    /// <summary>Share that a dropped gradient keeps: one for all or one per task.</summary>
    public IReadOnlyList<double> Leak => _leak;

    /// <summary>Which gradients are compared.</summary>
    public GradDropLevel At { get; }

    /// <summary>Injected draws; null draws them from <see cref="BalanceInput.Random"/>.</summary>
    public IUniformSource? Draws { get; init; }

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(Leak, At);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => At == GradDropLevel.Representation ? BalancerNeeds.RepresentationGradients : BalancerNeeds.Gradients;

    /// <inheritdoc/>
    public override bool MixesRepresentation => At == GradDropLevel.Representation;

    /// <summary>At the representation only checks: the mixing is done by <see cref="CombineRepresentation"/>. The weights are 1, what a lone task gets.</summary>
    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        if (At == GradDropLevel.Parameters) throw NeedsRows();
        Require(input, weights);
        if (!input.Gramian.IsEmpty) input.Require(Name, BalancerNeeds.Gramian);
        weights.Fill(1);
        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Combine(in BalanceInput input, TaskGradients rows, Span<float> combined, Span<double> weights)
    {
        if (At == GradDropLevel.Representation) return base.Combine(input, rows, combined, weights);
        RequireRows(input, rows, combined, weights);
        weights.Fill(1);
        if (rows.Count == 0) return BalanceStatus.Converged;
        Draw(input, rows.Count);
        fixed (float* gradients = rows.Row(0), uniform = _uniform, leak = Leaks(input), output = combined)
        {
            new SignDropout { Gradients = gradients, Stride = rows.Stride, Uniform = uniform, Leak = leak, Output = output, Tasks = input.Tasks, Batch = 1, Features = rows.Count }.Run();
        }

        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override void CombineRepresentation(in BalanceInput input, in RepresentationPart part, Span<float> combined)
    {
        if (At == GradDropLevel.Parameters) throw new BalancerException($"{Name}: at=parameters does not combine representation gradients; choose at=representation.");
        int length = part.Values.Length;
        if (combined.Length != length || part.Gradients.Length != input.Tasks * length) throw new BalancerException($"{Name}: a part of {length} values has {part.Gradients.Length} gradients and a destination of {combined.Length}, expected {input.Tasks} x {length} and {length}.");
        if (length == 0) return;
        Draw(input, part.Features);
        fixed (float* gradients = part.Gradients, values = part.Batch == 1 ? WithoutZeros(part.Values) : part.Values, uniform = _uniform, leak = Leaks(input), output = combined)
        {
            new SignDropout { Gradients = gradients, Stride = length, Values = values, Uniform = uniform, Leak = leak, Output = output, Tasks = input.Tasks, Batch = part.Batch, Features = part.Features, Smoothing = LibMtlSmoothing }.Run();
        }
    }

    private ReadOnlySpan<float> WithoutZeros(ReadOnlySpan<float> values)
    {
        if (_signs.Length < values.Length) _signs = new float[values.Length];
        for (int i = 0; i < values.Length; i++) _signs[i] = values[i] < 0 ? -1 : 1;
        return _signs.AsSpan(0, values.Length);
    }

    private void Draw(in BalanceInput input, int features)
    {
        if (_uniform.Length < features) _uniform = new float[features];
        Span<float> draws = _uniform.AsSpan(0, features);
        if (Draws is not null) Draws.Fill(draws);
        else if (input.Random is not null) input.Random.FillUniform(draws);
        else throw new BalancerException($"{Name}: the step has no random stream, expected one for the signs; set BalanceInput.Random or GradDrop.Draws.");
    }

    private float[] Leaks(in BalanceInput input)
    {
        if (_leak.Length > 1 && _leak.Length != input.TotalTasks) throw new BalancerException($"{Name}: leak has {_leak.Length} elements, expected 1 or {input.TotalTasks}, one per task.");
        if (_leaks.Length < input.Tasks) _leaks = new float[input.Tasks];
        for (int i = 0; i < input.Tasks; i++) _leaks[i] = (float)_leak[_leak.Length == 1 ? 0 : input.TaskOf(i)];
        return _leaks;
    }
}
