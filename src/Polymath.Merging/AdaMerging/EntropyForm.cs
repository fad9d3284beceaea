namespace Polymath.Merging;

/// <summary>How the entropy of a prediction is computed.</summary>
public enum EntropyForm
{
    /// <summary>-sum p log_softmax(logits), exact at any logits: the authors' code.</summary>
    LogSoftmax,

    /// <summary>-sum p log(p + 1e-8): the FusionBench variant.</summary>
    ShiftedLog,
}
