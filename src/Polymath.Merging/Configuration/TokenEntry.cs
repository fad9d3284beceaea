namespace Polymath.Merging.Configuration;

/// <summary>What a configuration says about one token of the output.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Source">Where its embedding comes from; null for the rules of tokens without settings.</param>
/// <param name="Force">Whether the source replaces the embeddings of models that have the token.</param>
/// <param name="Line">The line of the configuration, from 1.</param>
public sealed record TokenEntry(string Token, TokenSource? Source, bool Force, long Line);
