namespace Polymath.Tabular;

/// <summary>How numeric columns enter a model.</summary>
public enum NumericHandling
{
    /// <summary>As they are: D columns are D inputs.</summary>
    Raw,

    /// <summary>Every column has its own linear map to the embedding width (FT-Transformer, MultiTab): D columns are D x width inputs.</summary>
    PerFieldLinear,

    /// <summary>One linear map of all columns to the embedding width, one more field (Multitask-Recommendation-Library).</summary>
    OneFieldLinear,
}
