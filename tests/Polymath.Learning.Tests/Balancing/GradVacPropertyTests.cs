using Polymath.Learning.Balancing;
using Polymath.Tensors;

namespace Polymath.Tests.Balancing;

public sealed class GradVacPropertyTests
{
    private const int Steps = 4;

    [Fact]
    public void GradVac_follows_its_orders_when_the_tasks_are_renamed() => RandomTasks.Check(tasks =>
    {
        int n = tasks.Tasks;
        int[] order = new int[n], place = new int[n];
        new RandomStream((ulong)tasks.Seed).FillPermutation(order);
        for (int i = 0; i < n; i++) place[order[i]] = i;
        int[][] visits = [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, n).Select(j => (i + j) % n).ToArray())];
        var direct = new GradVac { Orders = new Visits(visits) };
        var renamed = new GradVac { Orders = new Visits([.. order.Select(k => visits[k].Select(j => place[j]).ToArray())]) };
        for (int t = 0; t < Steps; t++)
        {
            float[][] rows = RowRulePropertyTests.At(tasks, t).Rows;
            double[] weights = RandomTasks.Weigh(direct, rows);
            RandomTasks.Near([.. order.Select(k => weights[k])], RandomTasks.Weigh(renamed, [.. order.Select(k => rows[k])]), 1e-6 * weights.Max(Math.Abs));
        }
    }, fewestParameters: 6);

    [Fact]
    public void GradVac_turns_a_gradient_to_the_remembered_angle()
    {
        // Two steps by hand: at first rho = 0 and the gradients are orthogonal-or-better, so rho becomes beta cos; then a conflict is cured to exactly rho.
        RandomTasks.Check(tasks =>
        {
            var random = new RandomStream((ulong)tasks.Seed);
            double angle = 0.1 + (1.2 * random.NextDouble()), conflict = 1.6 + (1.4 * random.NextDouble());
            var balancer = new GradVac(beta: 1, eps: 0) { Orders = new Visits([[0, 1], [1, 0]]) };
            RandomTasks.Weigh(balancer, [[1f, 0f], [(float)Math.Cos(angle), (float)Math.Sin(angle)]]);
            float[] first = [2f, 0f], second = [(float)(3 * Math.Cos(conflict)), (float)(3 * Math.Sin(conflict))];
            double rho = balancer.Targets[1];
            Assert.Equal(Math.Cos(angle), rho, 1e-6);
            double[] gramian = RandomTasks.Gramian([first, second]), goals = [0, rho], coefficients = new double[2], weights = new double[2];
            GradVac.Vaccinate(gramian, 0, [0, 1], beta: 0, eps: 0, goals, coefficients, weights);
            double[] turned = RandomTasks.Combine(weights, [first, second]);
            Assert.Equal(rho, RandomTasks.Dot(second, turned) / RandomTasks.Norm(second) / RandomTasks.Norm(turned), 1e-6);
        });
    }

    [Fact]
    public void GradVac_in_groups_is_GradVac_on_each_piece() => RandomTasks.Check(tasks =>
    {
        int n = tasks.Tasks, cut = tasks.Parameters / 2;
        int[] starts = [0, cut];
        var whole = new GradVac(group: GradVacGroup.Tensor);
        GradVac[] pieces = [new(), new()];
        for (int t = 0; t < Steps; t++)
        {
            float[][] rows = RowRulePropertyTests.At(tasks, t).Rows;
            float[] update = new float[tasks.Parameters];
            whole.Combine(new BalanceInput { Losses = new float[n], TensorStarts = starts, Random = new RandomStream((ulong)t) }, TaskGradients.FromRows(rows), update, new double[n]);
            float[] left = RandomTasks.Step(pieces[0], [.. rows.Select(row => row[..cut])], random: new RandomStream((ulong)t)).Update;
            float[] right = RandomTasks.Step(pieces[1], [.. rows.Select(row => row[cut..])], random: new RandomStream((ulong)t)).Update;
            Assert.Equal([.. left, .. right], update);
        }
    }, fewestParameters: 2);

    private sealed class Visits(int[][] orders) : IPermutationSource
    {
        public void Fill(int row, Span<int> order) => orders[row].CopyTo(order);
    }
}
