namespace Polymath.Tests;

/// <summary>Tests that watch the shared buffer pool or count allocations run while no other test does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class QuietCollection
{
    public const string Name = "Quiet";
}
