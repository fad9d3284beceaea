using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Why rows have their scores: score = expected score of the row's task + the sum of a value per feature (path-dependent SHAP values).
/// The ensemble of a task is initial + shared + (1 - s) non-outlier + s outlier + its own trees, each tree with what it counts there.
/// </summary>
/// <remarks>
/// Values are on the scale of scores, log odds or log counts for instance. Where the task is a feature it has a column of its own, the
/// last one. Source: Lundberg, Erion, Lee 2018, "Consistent individualized feature attribution for tree ensembles".
/// </remarks>
/// <example><code>
/// ShapValues why = ShapValues.Of(model, test.Features, test.TaskOfRow);
/// ReadOnlySpan&lt;double&gt; ofRow = why.Values(row: 0);
/// </code></example>
public sealed class ShapValues
{
    private const int ChunkRows = 32;
    private readonly double[] _values;
    private readonly double[] _expected;

    private ShapValues(BoostedModel model, int rows)
    {
        (Columns, Outputs, Rows) = (ExplainedColumns.Names(model), model.Outputs, rows);
        _values = new double[(long)rows * Outputs * Columns.Count];
        _expected = new double[rows * Outputs];
    }

    /// <summary>What the values belong to: the features, and the task where it is one.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Scores per row.</summary>
    public int Outputs { get; }

    /// <summary>Explains the scores of rows.</summary>
    /// <param name="model">A model.</param>
    /// <param name="features">Rows with the columns of training.</param>
    /// <param name="taskOfRow">As for <see cref="BoostedModel.Scores(FeatureMatrix, int[])"/>.</param>
    /// <exception cref="BoostingException">Columns or tasks are not those of training.</exception>
    public static ShapValues Of(BoostedModel model, FeatureMatrix features, int[]? taskOfRow = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(features);
        model.Require(features, taskOfRow);
        var result = new ShapValues(model, features.Rows);
        int tasks = model.Tasks?.Count ?? 0;
        var body = new RowsBody
        {
            Result = result,
            Features = features,
            WithTask = model.Options.TaskAsFeature ? TaskFeature.Append(features, taskOfRow, model.Tasks!, model.Options.Learner == LearnerKind.Exact) : features,
            TaskOfRow = tasks == 0 ? null : taskOfRow,
            Terms = new ModelTerm[tasks + 1][],
            Expected = new double[tasks + 1][],
        };
        for (int task = -1; task < tasks; task++) (body.Terms[task + 1], body.Expected[task + 1]) = Prepare(model, task);
        Workers.For((features.Rows + ChunkRows - 1) / ChunkRows, ref body);
        return result;
    }

    /// <summary>The values of a row, by column.</summary>
    /// <param name="row">Row number.</param>
    /// <param name="output">The score explained.</param>
    public ReadOnlySpan<double> Values(int row, int output = 0) => _values.AsSpan(((row * Outputs) + output) * Columns.Count, Columns.Count);

    /// <summary>What the score would be if nothing were known of the row but its task.</summary>
    /// <param name="row">Row number.</param>
    /// <param name="output">The score explained.</param>
    public double Expected(int row, int output = 0) => _expected[(row * Outputs) + output];

    /// <summary>The mean size of the values of each column over rows and outputs: an importance in the unit of scores.</summary>
    public IReadOnlyList<FeatureImportance> Importances()
    {
        double[] sums = new double[Columns.Count];
        for (int i = 0; i < _values.Length; i++) sums[i % sums.Length] += Math.Abs(_values[i]);
        return [.. Columns.Select((name, column) => new FeatureImportance(name, sums[column] / Math.Max(Rows * Outputs, 1)))];
    }

    private static (ModelTerm[] Terms, double[] Expected) Prepare(BoostedModel model, int task)
    {
        ModelTerm[] terms = ModelTerm.Of(model, task);
        double[] expected = [.. model.Initial];
        foreach (ModelTerm term in terms)
        {
            double[] mean = TreeShap.Expected(term.Tree);
            for (int k = 0; k < mean.Length; k++) expected[term.Offset + k] += term.Factor * mean[k];
        }

        return (terms, expected);
    }

    private struct RowsBody : IBody
    {
        public ShapValues Result;
        public FeatureMatrix Features;
        public FeatureMatrix WithTask;
        public int[]? TaskOfRow;
        public ModelTerm[][] Terms;
        public double[][] Expected;

        public readonly void Run(int chunk)
        {
            var shap = new TreeShap();
            int columns = Result.Columns.Count, outputs = Result.Outputs;
            for (int row = chunk * ChunkRows; row < Math.Min(Result.Rows, (chunk + 1) * ChunkRows); row++)
            {
                int task = (TaskOfRow?[row] ?? -1) + 1;
                Expected[task].CopyTo(Result._expected, row * outputs);
                foreach (ModelTerm term in Terms[task])
                {
                    Span<double> values = Result._values.AsSpan(((row * outputs) + term.Offset) * columns, term.Tree.Outputs * columns);
                    shap.Add(term.Tree, term.SeesTask ? WithTask.Row(row) : Features.Row(row), term.Factor, columns, values);
                }
            }
        }
    }
}
