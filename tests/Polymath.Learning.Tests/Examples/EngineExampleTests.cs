using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The two-task example of docs/engine.md, compiled and run as it stands there; its numbers are those computed by hand on that page.</summary>
[Collection(QuietCollection.Name)]
public sealed class EngineExampleTests
{
    private const string Document = "docs/engine.md";

    [Fact]
    public void The_example_prints_what_the_page_says()
    {
        TextWriter console = Console.Out;
        using var printed = new StringWriter();
        try
        {
            Console.SetOut(printed);
            Run();
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Equal(DocumentedExample.Block(Document, "```", after: "It prints"), printed.ToString().TrimEnd().Split(Environment.NewLine));
    }

    [Fact]
    public void The_page_shows_exactly_this_code() => DocumentedExample.RequireSame(Document, "tests/Polymath.Learning.Tests/Examples/EngineExampleTests.cs");

    private static void Run()
    {
        // begin example
        Tensor x = Tensor.FromArray([1f, 2f, 2f, -1f], 2, 2);
        Tensor w = Tensor.FromArray([1f, 0f, -1f, 1f], 2, 2).WithGradient();                 // the trunk, [out, in]
        Tensor v0 = Tensor.FromArray([1f, 1f], 1, 2).WithGradient(), v1 = Tensor.FromArray([1f, -1f], 1, 2).WithGradient();
        Tensor t0 = Tensor.FromArray([1f, 3f], 2, 1), t1 = Tensor.FromArray([2f, 1f], 2, 1);

        var rows = new TaskGradients(2, new ParameterLayout([w], [v0, v1]));                 // shared: w; own: v0, v1
        using var tape = new Tape();
        Tensor h = Fused.Linear(x, w, activation: Activation.Relu);
        Tensor e0 = Fused.Linear(h, v0) - t0, e1 = Fused.Linear(h, v1) - t1;
        Tensor loss0 = (e0 * e0).Mean(), loss1 = (e1 * e1).Mean();
        tape.Backward([loss0, loss1], rows);                                                 // one sweep

        double[] gramian = new double[4], weights = new double[2];
        float[] update = new float[4];
        rows.Gramian(gramian);
        var input = new BalanceInput { Losses = [loss0.Item(), loss1.Item()], Gramian = gramian, Random = new RandomStream(1) };

        Console.WriteLine($"losses {loss0.Item()}, {loss1.Item()}");
        Console.WriteLine($"G      {string.Join(", ", rows.Row(0).ToArray())} | {string.Join(", ", rows.Row(1).ToArray())}");
        Console.WriteLine($"own    {string.Join(", ", rows.Own.ToArray())}");
        Console.WriteLine($"G G^T  {string.Join(", ", gramian)}");
        foreach (Balancer balancer in new Balancer[] { new MGDA(), new PCGrad() })
        {
            balancer.Combine(input, rows, update, weights);
            Console.WriteLine($"{balancer.Name,-6} {weights[0]:0.0000}, {weights[1]:0.0000}: {string.Join(", ", update.Select(u => u.ToString("0.0000")))}");
        }
        // end example
    }
}
