namespace Polymath.Tabular;

/// <summary>Options of <see cref="SharedBottom"/>.</summary>
public sealed record SharedBottomOptions : BottomOptions
{
    internal static OptionTable<SharedBottomOptions> Table { get; } = Bottom(new OptionTable<SharedBottomOptions>(SharedBottom.RegistryName, new SharedBottomOptions()));
}
