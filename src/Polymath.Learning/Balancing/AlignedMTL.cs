using Polymath.Tensors.LinearAlgebra;

namespace Polymath.Learning.Balancing;

/// <summary>
/// Independent component alignment: gives the matrix of task gradients equal singular values, so that no component dominates the update
/// (Senushkin et al., "Independent Component Alignment for Multi-Task Learning", CVPR 2023).
/// </summary>
/// <remarks>
/// A = V diag(l) V^T, of which the l_i > K 2^-23 max l are kept; B = sqrt(scale) V diag(l^-1/2) V^T with scale = min, median or mean of the l
/// kept; w = B p. After alignment the gradients B G are orthogonal and of one length. Scaling all gradients leaves the weights.
/// <para>Parameters: scale_mode = min (min, median: the LOWER one, rmse: the mean), form = libmtl (preference 1 each; torchjd: 1/K each),
/// pref (p, per task of the full list; overrides the form's).</para>
/// <para>References: LibMTL@4336804 weighting/Aligned_MTL.py, TorchJD@46962c2 aggregation/_aligned_mtl.py. The cut at K 2^-23 is theirs, for float32; the decomposition is in
/// float64, to high relative accuracy. Gradients that are all zero give w = p as in TorchJD (LibMTL raises). When tasks are absent, p is restricted
/// to those present.</para>
/// </remarks>
/// <example><code>var balancer = new AlignedMTL(AlignedScale.Median, AlignedForm.TorchJD);</code></example>
public sealed class AlignedMTL : Balancer
{
    private const double SingleUnit = 1.0 / (1 << 23);

    /// <summary>Registration and parameter table.</summary>
    public static BalancerDescriptor Descriptor { get; } = new(
        "aligned",
        "Aligned multi-task learning",
        BalancerNeeds.Gramian,
        "Senushkin, Patakin, Kuznetsov, Konushin: Independent Component Alignment for Multi-Task Learning, CVPR 2023",
        [
            new BalancerParameter("scale_mode", BalancerParameterKind.Choice, "min", "The singular value that every component gets.") { Choices = ["min", "median", "rmse"] },
            new BalancerParameter("form", BalancerParameterKind.Choice, "libmtl", "Whose preference to use when none is given: 1 each (libmtl) or 1/K each (torchjd).") { Choices = ["libmtl", "torchjd"] },
            new BalancerParameter("pref", BalancerParameterKind.Vector, string.Empty, "Preference of each task of the full list; the form's when left out.") { Minimum = 0 },
        ],
        arguments => new AlignedMTL((AlignedScale)arguments.Choice("scale_mode"), (AlignedForm)arguments.Choice("form"), arguments.Vector("pref")));

    private readonly double[]? _pref;

    /// <summary>Aligned-MTL.</summary>
    /// <param name="scaleMode">The singular value that every component gets.</param>
    /// <param name="form">Whose preference to use when none is given.</param>
    /// <param name="pref">Preference of each task of the full list, or null.</param>
    public AlignedMTL(AlignedScale scaleMode = AlignedScale.Min, AlignedForm form = AlignedForm.LibMtl, IReadOnlyList<double>? pref = null)
    {
        if (!Enum.IsDefined(scaleMode)) throw Descriptor.Parameter("scale_mode").Invalid(Descriptor.Name, scaleMode.ToString());
        if (!Enum.IsDefined(form)) throw Descriptor.Parameter("form").Invalid(Descriptor.Name, form.ToString());
        foreach (double value in pref ?? []) Descriptor.Parameter("pref").Check(Descriptor.Name, value);
        ScaleMode = scaleMode;
        Form = form;
        _pref = pref is null ? null : [.. pref];
    }

    /// <summary>The singular value that every component gets.</summary>
    public AlignedScale ScaleMode { get; }

    /// <summary>Whose preference is used when none is given.</summary>
    public AlignedForm Form { get; }

    /// <summary>Preference of each task, or null for the form's.</summary>
    public IReadOnlyList<double>? Pref => _pref;

    /// <inheritdoc/>
    public override string Name => Descriptor.Name;

    /// <inheritdoc/>
    public override string Specification => Descriptor.Specify(ScaleMode, Form, Pref);

    /// <inheritdoc/>
    public override BalancerNeeds Needs => Descriptor.Needs;

    /// <summary>The rule: weights of the rows from their Gramian.</summary>
    /// <param name="gramian">A, [K, K].</param>
    /// <param name="preference">p, [K].</param>
    /// <param name="scaleMode">The singular value that every component gets.</param>
    /// <param name="weights">[K], overwritten.</param>
    /// <returns><see cref="BalanceStatus.Degenerate"/> when all rows are zero.</returns>
    public static BalanceStatus Weights(ReadOnlySpan<double> gramian, ReadOnlySpan<double> preference, AlignedScale scaleMode, Span<double> weights)
    {
        int n = weights.Length;
        Span<double> values = n <= 64 ? stackalloc double[n] : new double[n], vectors = n <= 16 ? stackalloc double[n * n] : new double[n * n];
        SymmetricEigen.Decompose(gramian, values, vectors);
        double threshold = values[n - 1] * n * SingleUnit;
        if (!(values[n - 1] > threshold))
        {
            preference.CopyTo(weights);
            return BalanceStatus.Degenerate;
        }

        int first = 0;
        while (!(values[first] > threshold)) first++;
        double scale = Scale(values[first..], scaleMode);
        weights.Clear();
        for (int k = first; k < n; k++)
        {
            double coefficient = 0;
            for (int i = 0; i < n; i++) coefficient += vectors[(i * n) + k] * preference[i];
            coefficient *= Math.Sqrt(scale / values[k]);
            for (int i = 0; i < n; i++) weights[i] += coefficient * vectors[(i * n) + k];
        }

        return BalanceStatus.Converged;
    }

    /// <inheritdoc/>
    public override BalanceStatus Weigh(in BalanceInput input, Span<double> weights)
    {
        Require(input, weights);
        int n = weights.Length;
        Span<double> preference = n <= 64 ? stackalloc double[n] : new double[n];
        TaskPreference.Fill(Name, _pref, input, Form == AlignedForm.LibMtl ? 1 : 1.0 / n, preference);
        return Weights(input.Gramian, preference, ScaleMode, weights);
    }

    /// <summary>Of the eigenvalues kept, in ascending order.</summary>
    private static double Scale(ReadOnlySpan<double> values, AlignedScale mode)
    {
        if (mode == AlignedScale.Min) return values[0];
        if (mode == AlignedScale.Median) return values[(values.Length - 1) / 2];
        double sum = 0;
        foreach (double value in values) sum += value;
        return sum / values.Length;
    }
}
