namespace Polymath.Merging.Twin;

/// <summary>Settings of <see cref="TwinMerging"/>.</summary>
public sealed record TwinOptions
{
    /// <summary>gamma of the shared expert theta_0 + gamma sum_t tau_t. Default: 0.3.</summary>
    public float Scaling { get; init; } = 0.3f;

    /// <summary>How exclusive vectors are made small. Default: a tenth of the rank.</summary>
    public TwinCompression Compression { get; init; } = TwinCompression.LowRank(0.1);

    /// <summary>
    /// Regular expressions: a tensor whose name matches one is not merged, and every task keeps its own. The paper's GLUE runs leave out <c>classifier</c> and
    /// <c>bias</c>, which then come from the model of the example's true task. Default: none.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Names of the tasks, in the order of the tuned models; null for "0", "1", ...</summary>
    public IReadOnlyList<string>? TaskNames { get; init; }
}
