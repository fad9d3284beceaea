namespace Polymath.Tests;

/// <summary>Tests that count bytes in the shared buffer pool, or change the shared worker pool, run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PoolCollection
{
    public const string Name = "Shared pools";
}
