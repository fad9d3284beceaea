using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// The scores of some rows while blocks are fitted: F = base + (1 - s_t) non-outlier + s_t outlier during block 2, and F alone before and
/// after. Rows are in task order, so that the rows of a task are consecutive.
/// </summary>
internal sealed class ScoreState
{
    private const int ChunkRows = 16384;

    private double[] _saved = [], _savedOutlier = [], _savedNonOutlier = [];

    /// <summary>Scores that start at a constant.</summary>
    public ScoreState(BoostingData data, int[] taskStarts, ReadOnlySpan<double> initial)
    {
        (Data, TaskStarts, Outputs) = (data, taskStarts, initial.Length);
        Total = new double[data.Rows * Outputs];
        for (int at = 0; at < Total.Length; at += Outputs) initial.CopyTo(Total.AsSpan(at));
    }

    /// <summary>The rows, in task order.</summary>
    public BoostingData Data { get; }

    /// <summary>First row of each task, and the number of rows at the end.</summary>
    public int[] TaskStarts { get; }

    /// <summary>Weight of all rows; a row counts once even if several of its labels are observed.</summary>
    public double Weight => Math.Max(Data.ObservedWeight, double.Epsilon);

    /// <summary>Scores per row.</summary>
    public int Outputs { get; }

    /// <summary>F, <c>[rows, Outputs]</c>.</summary>
    public double[] Total { get; }

    /// <summary>What block 1 came to, during block 2.</summary>
    public double[] Base { get; private set; } = [];

    /// <summary>The outlier ensemble.</summary>
    public double[] Outlier { get; private set; } = [];

    /// <summary>The non-outlier ensemble.</summary>
    public double[] NonOutlier { get; private set; } = [];

    /// <summary>Begins block 2.</summary>
    public void BeginRobust()
    {
        Base = [.. Total];
        Outlier = new double[Total.Length];
        NonOutlier = new double[Total.Length];
    }

    /// <summary>Ends block 2; F stays as it was combined last.</summary>
    public void EndRobust() => Base = Outlier = NonOutlier = [];

    /// <summary>F from the ensembles of block 2.</summary>
    /// <param name="mix">sigmoid(theta) by task.</param>
    public void Combine(ReadOnlySpan<double> mix)
    {
        for (int task = 0; task < mix.Length; task++)
        {
            double s = mix[task];
            for (int i = TaskStarts[task] * Outputs; i < TaskStarts[task + 1] * Outputs; i++) Total[i] = Base[i] + ((1 - s) * NonOutlier[i]) + (s * Outlier[i]);
        }
    }

    /// <summary>Adds <paramref name="rate"/> times a tree whose leaves are known, over all outputs.</summary>
    public static unsafe void Add(Tree tree, int[] leafOfRow, Span<double> scores, double rate)
    {
        double[] steps = [.. tree.LeafValues];
        foreach (ref double step in steps.AsSpan()) step *= rate;
        fixed (double* all = scores)
        {
            var body = new AddBody { Steps = steps, LeafOfRow = leafOfRow, Scores = all, Outputs = tree.Outputs };
            Effort.For((leafOfRow.Length + ChunkRows - 1) / ChunkRows, 2L * scores.Length, ref body);
        }
    }

    /// <summary>Keeps the scores as they are.</summary>
    public void Save()
    {
        Copy(Total, ref _saved);
        Copy(Outlier, ref _savedOutlier);
        Copy(NonOutlier, ref _savedNonOutlier);
    }

    /// <summary>Goes back to the scores kept last.</summary>
    public void Restore()
    {
        _saved.CopyTo(Total, 0);
        _savedOutlier.CopyTo(Outlier, 0);
        _savedNonOutlier.CopyTo(NonOutlier, 0);
    }

    private static void Copy(double[] from, ref double[] into)
    {
        if (into.Length != from.Length) into = new double[from.Length];
        from.CopyTo(into, 0);
    }

    private unsafe struct AddBody : IBody
    {
        public double[] Steps;
        public int[] LeafOfRow;
        public double* Scores;
        public int Outputs;

        public readonly void Run(int chunk)
        {
            int end = Math.Min(LeafOfRow.Length, (chunk + 1) * ChunkRows);
            for (int row = chunk * ChunkRows; row < end; row++)
            {
                int from = LeafOfRow[row] * Outputs;
                for (int k = 0; k < Outputs; k++) Scores[((long)row * Outputs) + k] += Steps[from + k];
            }
        }
    }
}
