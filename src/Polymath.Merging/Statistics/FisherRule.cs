namespace Polymath.Merging.Statistics;

/// <summary>How diagonal Fisher values are estimated from examples.</summary>
public enum FisherRule
{
    /// <summary>The definition: for every example the expectation over the model's own classes of the squared gradient of log p (Matena and Raffel 2022, section 3.2).</summary>
    PerExample,

    /// <summary>The square of one gradient per batch, of sum over examples and classes of sqrt(p) log p with sqrt(p) held constant: cheaper, and what common merging code does.</summary>
    BatchSum,
}
