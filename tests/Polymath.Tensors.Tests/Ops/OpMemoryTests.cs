using System.Runtime.InteropServices;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>For every operation of the table: neither giving values back in the sweep nor computing them again changes a bit of a gradient.</summary>
[Collection(QuietCollection.Name)]
public sealed class OpMemoryTests
{
    private const int Seeds = 3;

    public static TheoryData<string> Differentiable => [.. OpTable.Specs.Where(spec => spec.Differentiable).Select(spec => spec.Name)];

    [Theory, MemberData(nameof(Differentiable))]
    public void Released_values_change_no_gradient(string op) => Each(op, (call, tasks) => Gradients(call, tasks, (apply, x) => apply(x), release: true));

    [Theory, MemberData(nameof(Differentiable))]
    public void Recomputed_values_change_no_gradient(string op) => Each(op, (call, tasks) => Gradients(call, tasks, Tape.Checkpoint, release: false));

    [Theory, MemberData(nameof(Differentiable))]
    public void Recomputed_and_released_values_change_no_gradient(string op) => Each(op, (call, tasks) => Gradients(call, tasks, Tape.Checkpoint, release: true));

    private static void Each(string op, Func<OpCase, int, float[]> gradients)
    {
        long before = BufferPool.BytesInUse;
        for (int seed = 0; seed < Seeds; seed++)
        {
            OpCase call = OpTable.Find(op).Case(seed);
            foreach (int tasks in (int[])[1, 2, 5])
            {
                float[] expected = Gradients(call, tasks, (apply, x) => apply(x), release: false), actual = gradients(call, tasks);
                Assert.True(MemoryMarshal.AsBytes<float>(expected).SequenceEqual(MemoryMarshal.AsBytes<float>(actual)), $"{op}, seed {seed}, {tasks} tasks, shapes {call}");
                Assert.Equal(before, BufferPool.BytesInUse);
            }
        }
    }

    private static float[] Gradients(OpCase call, int tasks, Func<Func<Tensor, Tensor>, Tensor, Tensor> run, bool release)
    {
        Tensor[] leaves = call.Leaves();
        var random = new RandomStream((ulong)tasks);
        var rows = new TaskGradients(tasks, new ParameterLayout(leaves.Where(leaf => leaf.RequiresGradient), []));
        using var tape = new Tape();
        Tensor[] inner = [.. leaves.Select(leaf => leaf.RequiresGradient ? leaf * 1f : leaf)];
        // The values of the operation and what they are read by; the other inputs are captured.
        Tensor output = run(x => call.Apply([x, .. inner[1..]]) * 1f, inner[0]);
        var losses = new Tensor[tasks];
        for (int k = 0; k < tasks; k++) losses[k] = (output * Tensor.Normal(random, output.Shape)).Sum();
        tape.Backward(losses, rows, release);
        return [.. Enumerable.Range(0, tasks).SelectMany(k => rows.Row(k).ToArray())];
    }
}
