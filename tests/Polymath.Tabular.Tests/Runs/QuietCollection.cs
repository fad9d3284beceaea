namespace Polymath.Tests;

/// <summary>Tests that count allocations or change the current folder run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection
{
    public const string Name = "Quiet";
}
