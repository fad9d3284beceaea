using System.Runtime.Intrinsics;

namespace Polymath.Tests;

/// <summary>
/// The suite runs with narrower vectors through the runtime's switches (see <c>.ci/run</c>). A switch that the runtime no longer
/// knows is ignored without a word, so such a run also says in <c>POLYMATH_EXPECT_VECTOR</c> (512, 256, 128 or scalar) what it
/// must find.
/// </summary>
public sealed class VectorWidthTests
{
    [Fact]
    public void The_widest_vectors_are_those_that_the_run_asks_for()
    {
        string widest = Vector512.IsHardwareAccelerated ? "512" : Vector256.IsHardwareAccelerated ? "256" : Vector128.IsHardwareAccelerated ? "128" : "scalar";
        Assert.Equal(Environment.GetEnvironmentVariable("POLYMATH_EXPECT_VECTOR") ?? widest, widest);
    }
}
