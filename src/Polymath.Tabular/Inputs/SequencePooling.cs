namespace Polymath.Tabular;

/// <summary>How the items of a list become one vector, for models that read no lists themselves.</summary>
public enum SequencePooling
{
    /// <summary>Their mean; zero for an empty list.</summary>
    Mean,

    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>
    /// A weighted sum: a small network compares every item with the row's own item (deep interest network, Zhou et al. 2018). The weights are not
    /// normalised, so that a long list of what is alike counts for more than a short one.
    /// </summary>
    Attention,
}
