namespace Polymath.Tabular;

/// <summary>Options of <see cref="SingleTask"/>; the same defaults as <see cref="SharedBottomOptions"/>, so that every task has a network of equal size.</summary>
public sealed record SingleTaskOptions : BottomOptions
{
    internal static OptionTable<SingleTaskOptions> Table { get; } = Bottom(new OptionTable<SingleTaskOptions>(SingleTask.RegistryName, new SingleTaskOptions()));
}
