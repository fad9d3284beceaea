namespace Polymath.Learning.Relevance;

/// <summary>Which norm of nu is made small, and with it how many samples a source task gets.</summary>
public enum RelevanceNorm
{
    /// <summary>n_m proportional to |nu_m| with the nu of smallest L1 norm, which is sparse: L1-A-MTRL (Wang et al., ICML 2023).</summary>
    L1,

    /// <summary>n_m proportional to nu_m^2 with the nu of smallest L2 norm: A-MTRL (Chen et al., ICML 2022).</summary>
    L2,

    /// <summary>The same number of samples for every source task, the passive baseline.</summary>
    Uniform,
}
