namespace Polymath.Merging;

/// <summary>Which inputs unsupervised FixMatch trusts.</summary>
public enum UfmMode
{
    /// <summary>The most confident of each class, as the paper says.</summary>
    Paper,

    /// <summary>All: the authors' code marks every input as trusted, so that the first predictions of the base are the targets throughout.</summary>
    ReleasedCode,
}
