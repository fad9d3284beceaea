namespace Polymath.Tabular;

/// <summary>Options of <see cref="Esmm"/>: a tower is the whole network of a step. Default tower: 256, 128, 64.</summary>
public sealed record EsmmOptions : TabularOptions
{
    /// <summary>The defaults.</summary>
    public EsmmOptions() => TowerHidden = [256, 128, 64];

    internal static OptionTable<EsmmOptions> Table { get; } = Common(new OptionTable<EsmmOptions>(Esmm.RegistryName, new EsmmOptions()));
}
