namespace Polymath.Tests;

/// <summary>Tests that count allocations or change the number of threads run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection
{
    public const string Name = "Quiet";
}
