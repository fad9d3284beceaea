namespace Polymath.Tabular;

/// <summary>Options of <see cref="Saint"/>; the defaults of <see cref="MultiTabNetOptions"/>, so that every task has a network of equal size.</summary>
public sealed record SaintOptions : TokenOptions
{
    /// <summary>What rows see of each other in the layers over rows. Default: everything.</summary>
    public RowMode RowMode { get; init; } = RowMode.Attention;

    /// <summary>How many rows attend to each other in inference, as in <see cref="MultiTabNetOptions.RowGroup"/>. In [0, 4096]. Default: 0, as in training.</summary>
    public int RowGroup { get; init; }

    internal static OptionTable<SaintOptions> Table { get; } = Tokens(new OptionTable<SaintOptions>(Saint.RegistryName, new SaintOptions())
        .Choice("row-mode", o => o.RowMode, (o, v) => o with { RowMode = v }, "What rows of a batch see of each other: nothing, everything, or everything with rotary positions.")
        .Integer("row-group", 0, MultiTabNetOptions.MostRows, o => o.RowGroup, (o, v) => o with { RowGroup = v }, "Rows that attend to each other in inference; 0 for as many as in a training batch."));
}
