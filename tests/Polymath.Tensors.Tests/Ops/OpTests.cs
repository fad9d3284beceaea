using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests;

/// <summary>Generated tests: every row of the operation table against its float64 reference.</summary>
[Collection(QuietCollection.Name)]
public sealed class OpTests
{
    private const int ValueSeeds = 12, GradientSeeds = 6, SparsitySeeds = 4, SecondSeeds = 5, ViewSeeds = 4, AliasSeeds = 8, ThreadSeeds = 2;
    private static readonly int[] s_tasks = [1, 2, 5];

    public static TheoryData<string> Every => [.. OpTable.Specs.Select(spec => spec.Name)];

    public static TheoryData<string> Differentiable => [.. OpTable.Specs.Where(spec => spec.Differentiable).Select(spec => spec.Name)];

    public static TheoryData<string> TwiceDifferentiable => [.. OpTable.Specs.Where(spec => spec.Differentiable && spec.SecondOrder).Select(spec => spec.Name)];

    // Split returns an array; the samples of BatchNorm and Dropout make one, or a stream, in each call.
    public static TheoryData<string> Thrifty => [.. OpTable.Specs.Where(spec => spec.Differentiable && spec.Name is not ("Split" or "BatchNorm" or "Dropout")).Select(spec => spec.Name)];

    [Theory, MemberData(nameof(Every))]
    public void Values_equal_the_reference(string op) => Each(op, ValueSeeds, (call, _) => OpCheck.Value(call));

    [Theory, MemberData(nameof(Differentiable))]
    public void Gradients_of_any_number_of_tasks_equal_finite_differences(string op) => Each(op, GradientSeeds, (call, random) =>
    {
        foreach (int tasks in s_tasks) OpCheck.First(call, tasks, random);
    });

    [Theory, MemberData(nameof(Differentiable))]
    public void Tasks_that_do_not_reach_the_operation_have_no_gradient(string op) => Each(op, SparsitySeeds, OpCheck.Sparsity);

    [Theory, MemberData(nameof(TwiceDifferentiable))]
    public void Gradients_of_gradients_equal_finite_differences(string op) => Each(op, SecondSeeds, (call, random) => OpCheck.Second(call, tasks: 1 + random.NextInt32(2), random));

    [Theory, MemberData(nameof(Every))]
    public void Views_are_as_good_as_tensors(string op) => Each(op, ViewSeeds, (call, random) => OpCheck.Views(call, OpTable.Find(op).Differentiable, random));

    [Theory, MemberData(nameof(Differentiable))]
    public void One_tensor_may_serve_as_two_inputs(string op)
    {
        if (OpTable.Find(op).MayAlias) Each(op, AliasSeeds, (call, random) => OpCheck.Alias(call, random));
    }

    [Theory, MemberData(nameof(Thrifty))]
    public void A_warmed_up_step_asks_nothing_of_the_garbage_collector(string op)
        => Each(op, ThreadSeeds, (call, _) => Assert.Equal(0, OpCheck.Allocated(call)));

    [Theory, MemberData(nameof(Every))]
    public void Results_are_bit_identical_at_any_thread_count(string op)
    {
        OpSpec spec = OpTable.Find(op);
        int before = Workers.Count;
        try
        {
            Each(op, ThreadSeeds, (call, _) =>
            {
                Workers.Configure(1);
                int[] expected = OpCheck.Bits(call, spec.Differentiable);
                for (int threads = 2; threads <= 3; threads++)
                {
                    Workers.Configure(threads);
                    Assert.Equal(expected, OpCheck.Bits(call, spec.Differentiable));
                }
            });
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    [Fact]
    public void At_least_three_thousand_cases_are_generated()
    {
        int cases = OpTable.Specs.Sum(spec => ValueSeeds + ViewSeeds + (2 * ThreadSeeds)
            + (spec.Differentiable ? (GradientSeeds * s_tasks.Length) + SparsitySeeds : 0)
            + (spec.Differentiable && spec.SecondOrder ? SecondSeeds : 0));
        Assert.True(cases >= 3000, $"{cases} cases");
        TestContext.Current.TestOutputHelper?.WriteLine($"{OpTable.Specs.Count} operations, {cases} cases");
    }

    private static void Each(string op, int seeds, Action<OpCase, RandomStream> check)
    {
        OpSpec spec = OpTable.Find(op);
        for (int seed = 0; seed < seeds; seed++)
        {
            OpCase call = spec.Case(seed);
            try
            {
                check(call, new RandomStream((ulong)seed).Derive(op));
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{op}, seed {seed}, shapes {call}: {failure.Message}", failure);
            }
        }
    }
}
