using Polymath.Tensors;

namespace Polymath.Learning.Regularization;

/// <summary>What <see cref="RepMtlRegularizer"/> found in its last step. One object that every step overwrites, so that a step allocates nothing.</summary>
public sealed class RepMtlReport
{
    private float[] _entropy = [];
    private double[] _norms = [];

    internal RepMtlReport()
    {
    }

    /// <summary>L_tsr, in [0, ln T]; NaN before the first step.</summary>
    public double Tsr { get; private set; } = double.NaN;

    /// <summary>L_csa, of either sign; NaN when it was left out.</summary>
    public double Csa { get; private set; } = double.NaN;

    /// <summary>T, the tasks present.</summary>
    public int Tasks { get; private set; }

    /// <summary>B, the samples.</summary>
    public int Samples { get; private set; }

    /// <summary>N, the locations of the representation; 1 for a vector.</summary>
    public int Locations { get; private set; }

    /// <summary>Entropy of the tasks at every location, <c>[Samples, Locations]</c>: 0 where one task owns it, ln T where all count the same.</summary>
    public ReadOnlySpan<float> Entropy => _entropy.AsSpan(0, Samples * Locations);

    /// <summary>|S_t| of every task present, <c>[Tasks]</c>.</summary>
    public ReadOnlySpan<double> SaliencyNorms => _norms.AsSpan(0, Tasks);

    /// <summary>Factor that kept the direction d L / d S within the clip; 1 when it was.</summary>
    public double Clipping { get; internal set; } = 1;

    /// <summary>What kept the regulariser from working as meant.</summary>
    public RepMtlNotes Notes { get; internal set; }

    internal void Update(in RepMtlTerms terms, Tensor saliencies)
    {
        (Tasks, Samples, Locations) = (saliencies.Shape[0], saliencies.Shape[1], terms.Entropy.Shape[1]);
        Tsr = terms.Tsr.Item();
        Csa = terms.Csa.IsEmpty ? double.NaN : terms.Csa.Item();
        Clipping = 1;
        Notes = terms.Csa.IsEmpty ? RepMtlNotes.SingleSample : RepMtlNotes.None;
        if (_entropy.Length < Samples * Locations) _entropy = new float[Samples * Locations];
        if (_norms.Length < Tasks) _norms = new double[Tasks];
        terms.Entropy.Span.CopyTo(_entropy);
        ReadOnlySpan<float> values = saliencies.Span;
        int length = values.Length / Tasks;
        for (int t = 0; t < Tasks; t++)
        {
            _norms[t] = Norm(values.Slice(t * length, length));
            if (_norms[t] == 0) Notes |= RepMtlNotes.DeadSaliency;
        }
    }

    /// <summary>A step of a single task: nothing to separate or align.</summary>
    internal void Skip(int samples)
    {
        (Tsr, Csa, Tasks, Samples, Locations, Clipping, Notes) = (0, double.NaN, 0, samples, 0, 1, RepMtlNotes.SingleTask);
    }

    /// <summary>The Euclidean norm, summed in double precision.</summary>
    internal static double Norm(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += (double)value * value;
        return Math.Sqrt(sum);
    }
}
