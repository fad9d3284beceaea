namespace Polymath.Tabular;

/// <summary>Options of <see cref="MultiTabNet"/>; the sizes of the published configurations.</summary>
public sealed record MultiTabNetOptions : TokenOptions
{
    /// <summary>Most rows that attend to each other in inference.</summary>
    internal const int MostRows = 4096;

    /// <summary>What tokens may not see in the attention over columns. Default: task tokens do not see each other.</summary>
    public TaskMask Mask { get; init; } = TaskMask.TaskToTask;

    /// <summary>Whether blocks have a layer over rows. Default: yes.</summary>
    public AttentionKind Attention { get; init; } = AttentionKind.RowColumn;

    /// <summary>What rows see of each other in the layers over rows. Default: nothing, so that predictions do not depend on the batch.</summary>
    public RowMode RowMode { get; init; } = RowMode.ValueOnly;

    /// <summary>Whether every task has a token of its own; otherwise one serves all. Default: yes.</summary>
    public bool MultiToken { get; init; } = true;

    /// <summary>With rows that attend to each other: how many do so in inference, in [0, 4096]. Default: 0, as many as were in a batch in training.</summary>
    public int RowGroup { get; init; }

    internal static OptionTable<MultiTabNetOptions> Table { get; } = Tokens(new OptionTable<MultiTabNetOptions>(MultiTabNet.RegistryName, new MultiTabNetOptions())
        .Choice("mask", o => o.Mask, (o, v) => o with { Mask = v }, "What tokens may not see: task tokens each other, columns task tokens, or both.")
        .Choice("attention", o => o.Attention, (o, v) => o with { Attention = v }, "Whether blocks attend over columns only, or have a layer over rows as well.")
        .Choice("row-mode", o => o.RowMode, (o, v) => o with { RowMode = v }, "What rows of a batch see of each other: nothing (as the published configurations compute it), everything, or everything with rotary positions.")
        .Flag("multi-token", o => o.MultiToken, (o, v) => o with { MultiToken = v }, "A token for every task; otherwise one for all.")
        .Integer("row-group", 0, MostRows, o => o.RowGroup, (o, v) => o with { RowGroup = v }, "Rows that attend to each other in inference, with row-mode=attention or rope-attention; 0 for as many as in a training batch."));
}
