using FsCheck;
using FsCheck.Fluent;
using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>Random rows of a few tasks; the last task differs from the others.</summary>
internal sealed record RandomTasks(int Seed, int Rows, int Width, int Tasks)
{
    /// <summary>Runs a property over 1 to 5 tasks, 1 to 4 features and 8 to 60 rows.</summary>
    public static void Check(Action<RandomTasks> property, int cases = 40)
    {
        Arbitrary<RandomTasks> any = (
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from rows in Gen.Choose(8, 60)
            from width in Gen.Choose(1, 4)
            from tasks in Gen.Choose(1, 5)
            select new RandomTasks(seed, rows, width, tasks)).ToArbitrary();
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(cases).WithReplay(20251126, 1), Prop.ForAll(any, property));
    }

    public float[] X => Fill("x", Rows * Width);

    public FeatureMatrix Features => new(X, Width);

    public string[] TaskOfRow => [.. Enumerable.Range(0, Rows).Select(row => $"t{row % Tasks}")];

    public float[] Y
    {
        get
        {
            float[] x = X, noise = Fill("noise", Rows);
            return [.. Enumerable.Range(0, Rows).Select(row => 3 + (row % Tasks == Tasks - 1 ? -2 : 2) * x[row * Width] + (0.1f * noise[row]))];
        }
    }

    public float[] Weights => [.. Enumerable.Range(0, Rows).Select(row => (float)(1 + (row % 3)))];

    public BoostingData Regression(float[]? weights = null) => BoostingData.Regression(Features, Y, TaskOfRow, weights);

    public BoostingData Classes(int classes) => BoostingData.Classification(Features, [.. Y.Select((y, row) => row < classes ? row : (float)((int)Math.Floor(Math.Abs(y)) % classes))], classes, TaskOfRow);

    private float[] Fill(string name, int count)
    {
        float[] values = new float[count];
        new RandomStream((ulong)Seed).Derive(name).FillNormal(values);
        return values;
    }
}
