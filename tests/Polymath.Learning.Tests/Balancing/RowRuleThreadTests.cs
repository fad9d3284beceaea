using Polymath.Learning.Balancing;
using Polymath.Tensors;
using Polymath.Tensors.Kernels;

namespace Polymath.Tests.Balancing;

/// <summary>Passes over long rows are shared out over the threads without changing a bit.</summary>
[Collection(QuietCollection.Name)]
public sealed class RowRuleThreadTests
{
    private const int Tasks = 5, Batch = 6, Parameters = Batch * 16_003;

    [Theory]
    [InlineData("excess")]
    [InlineData("moco")]
    [InlineData("db-mtl")]
    [InlineData("trimmed-mean:trim=2")]
    [InlineData("graddrop:at=parameters,leak=0.1")]
    [InlineData("graddrop")]
    [InlineData("gradvac:group=2")]
    public void The_update_has_the_same_bits_at_any_thread_count(string rule)
    {
        float[][] one = AtThreads(1, rule);
        foreach (int threads in (int[])[2, 3])
        {
            float[][] other = AtThreads(threads, rule);
            for (int t = 0; t < one.Length; t++) Assert.Equal(one[t], other[t]);
        }
    }

    private static float[][] AtThreads(int threads, string rule)
    {
        int before = Workers.Count;
        try
        {
            Workers.Configure(threads);
            Balancer balancer = Balancers.Create(rule);
            return [.. Enumerable.Range(0, 3).Select(step => Update(balancer, step))];
        }
        finally
        {
            Workers.Configure(before);
        }
    }

    private static float[] Update(Balancer balancer, int step)
    {
        var random = new RandomStream((ulong)step);
        float[] update = new float[Parameters], values = new float[Parameters], gradients = new float[Tasks * Parameters];
        var rows = new TaskGradients(Tasks, Parameters);
        random.FillNormal(values);
        random.FillNormal(gradients);
        for (int k = 0; k < Tasks; k++) gradients.AsSpan(k * Parameters, Parameters).CopyTo(rows.Row(k));
        var input = new BalanceInput { Losses = [1f, 2f, 3f, 4f, 5f], Random = random, TensorStarts = [0, 70_001] };
        if (balancer.MixesRepresentation) balancer.CombineRepresentation(input, new RepresentationPart { Batch = Batch, Values = values, Gradients = gradients }, update);
        else balancer.Combine(input, rows, update, new double[Tasks]);
        return update;
    }
}
