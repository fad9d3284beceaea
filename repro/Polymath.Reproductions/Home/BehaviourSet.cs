using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Reproductions.Home;

/// <summary>
/// Six behaviours of users of very different density on 24 features x ~ N(0, I): group g's score is 1.2 f_g(x) + 0.6 f_all(x) + 0.8 x.w_t with
/// f(x) = sin(1.5 x.a) + (x.b) tanh(x.c), a, b, c ~ N(0, 4/24) and w_t ~ N(0, 1/24) elementwise, and the label is drawn with probability sigmoid(3 (score -
/// quantile)), where the quantile leaves the task's density of scores above it.
/// </summary>
internal sealed class BehaviourSet
{
    /// <summary>Inputs per row.</summary>
    public const int Features = 24;

    private const double OfGroup = 1.2, OfAll = 0.6, OfTask = 0.8, Slope = 3, Frequency = 1.5;

    private static readonly (string Group, (string Task, double Density)[] Tasks)[] s_groups =
    [
        ("inter", [("like", 0.10), ("comment", 0.02), ("follow", 0.01)]),
        ("watch", [("view", 0.50), ("long", 0.35), ("finish", 0.25)]),
    ];

    private BehaviourSet(ArrayDataset train, ArrayDataset test) => (Train, Test) = (train, test);

    /// <summary>The tasks: like, comment, follow; view, long, finish.</summary>
    public static TaskSet Tasks { get; } = new(s_groups.SelectMany(group => group.Tasks).Select(task => Target.Binary(task.Task)));

    /// <summary>The groups of the tasks.</summary>
    public static IReadOnlyList<Tabular.TaskGroup> Groups { get; } = [.. s_groups.Select(group => new Tabular.TaskGroup(group.Group, [.. group.Tasks.Select(task => task.Task)]))];

    /// <summary>Rows to train on.</summary>
    public ArrayDataset Train { get; }

    /// <summary>Rows to judge by.</summary>
    public ArrayDataset Test { get; }

    /// <summary>Draws functions and rows.</summary>
    /// <param name="train">Rows to train on.</param>
    /// <param name="test">Rows to judge by.</param>
    /// <param name="random">Where the numbers come from.</param>
    public static BehaviourSet Draw(int train, int test, RandomStream random)
    {
        int rows = train + test, tasks = Tasks.Count;
        float[] inputs = new float[rows * Features], targets = new float[rows * tasks];
        random.Derive("inputs").FillNormal(inputs);
        double[] all = Nonlinear(inputs, rows, random.Derive("all")), score = new double[rows];
        int t = 0;
        foreach ((string group, (string Task, double Density)[] members) in s_groups)
        {
            double[] ours = Nonlinear(inputs, rows, random.Derive(group));
            foreach ((string task, double density) in members)
            {
                float[] linear = Vector(random.Derive(task), 1.0 / Math.Sqrt(Features));
                for (int row = 0; row < rows; row++) score[row] = (OfGroup * ours[row]) + (OfAll * all[row]) + (OfTask * Dot(inputs, row, linear));
                double quantile = score.Order().ElementAt((int)((1 - density) * (rows - 1)));
                RandomStream labels = random.Derive(task).Derive("labels");
                for (int row = 0; row < rows; row++) targets[(row * tasks) + t] = labels.NextDouble() < 1 / (1 + Math.Exp(-Slope * (score[row] - quantile))) ? 1f : 0f;
                t++;
            }
        }

        var set = new ArrayDataset(inputs, Features, [], 0, targets, tasks);
        int[] order = [.. Enumerable.Range(0, rows)];
        return new BehaviourSet(set.Subset(order.AsSpan(0, train)), set.Subset(order.AsSpan(train)));
    }

    /// <summary>f(x) of every row.</summary>
    private static double[] Nonlinear(float[] inputs, int rows, RandomStream random)
    {
        double deviation = 2 / Math.Sqrt(Features);
        float[] a = Vector(random.Derive("a"), deviation), b = Vector(random.Derive("b"), deviation), c = Vector(random.Derive("c"), deviation);
        return [.. Enumerable.Range(0, rows).Select(row => Math.Sin(Frequency * Dot(inputs, row, a)) + (Dot(inputs, row, b) * Math.Tanh(Dot(inputs, row, c))))];
    }

    private static float[] Vector(RandomStream random, double deviation)
    {
        float[] values = new float[Features];
        random.FillNormal(values, 0f, (float)deviation);
        return values;
    }

    private static double Dot(float[] inputs, int row, float[] vector)
    {
        double sum = 0;
        for (int i = 0; i < Features; i++) sum += (double)inputs[(row * Features) + i] * vector[i];
        return sum;
    }
}
