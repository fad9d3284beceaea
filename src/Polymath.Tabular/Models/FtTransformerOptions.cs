namespace Polymath.Tabular;

/// <summary>Options of <see cref="FtTransformer"/>; the defaults of <see cref="MultiTabNetOptions"/>, so that every task has a network of equal size.</summary>
public sealed record FtTransformerOptions : TokenOptions
{
    internal static OptionTable<FtTransformerOptions> Table { get; } = Tokens(new OptionTable<FtTransformerOptions>(FtTransformer.RegistryName, new FtTransformerOptions()));
}
