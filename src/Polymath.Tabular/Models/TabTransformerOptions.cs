namespace Polymath.Tabular;

/// <summary>Options of <see cref="TabTransformer"/>; the defaults of <see cref="MultiTabNetOptions"/>.</summary>
public sealed record TabTransformerOptions : TokenOptions
{
    internal static OptionTable<TabTransformerOptions> Table { get; } = Tokens(new OptionTable<TabTransformerOptions>(TabTransformer.RegistryName, new TabTransformerOptions()));
}
