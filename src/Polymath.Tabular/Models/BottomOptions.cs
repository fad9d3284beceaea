namespace Polymath.Tabular;

/// <summary>Options of models whose networks start with a plain stack of hidden layers.</summary>
public abstract record BottomOptions : TabularOptions
{
    /// <summary>Widths of the hidden layers below the towers, at least one. Default: 256, 128.</summary>
    public IReadOnlyList<int> BottomHidden { get; init; } = [256, 128];

    /// <summary>Appends the options of a bottom and those all models share.</summary>
    internal static OptionTable<T> Bottom<T>(OptionTable<T> table)
        where T : BottomOptions
        => Common(table.Integers("bottom-hidden", 1, WidestLayer, false, o => o.BottomHidden, (o, v) => o with { BottomHidden = v }, "Widths of the hidden layers below the towers."));
}
