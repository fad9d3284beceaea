namespace Polymath.Tests;

/// <summary>Tests that count allocations run while no other test does: the buffer pool is shared.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection
{
    public const string Name = "Quiet";
}
