namespace Polymath.Merging.Configuration;

/// <summary>Where the embedding of a token comes from.</summary>
/// <param name="Kind">What is taken.</param>
/// <param name="Model">The model that gives the embedding; null for <see cref="TokenSourceKind.Zero"/>.</param>
/// <param name="Token">Another token whose embedding is taken, or null.</param>
/// <param name="TokenId">The row of another token whose embedding is taken, or null.</param>
public sealed record TokenSource(TokenSourceKind Kind, ModelReference? Model = null, string? Token = null, int? TokenId = null);
