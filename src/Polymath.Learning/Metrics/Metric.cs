namespace Polymath.Learning.Metrics;

/// <summary>A named metric: its direction, the tasks it belongs to and how to compute it.</summary>
/// <example><code>
/// MetricValue auc = Metric.Find(MetricKind.Binary, "auc").Evaluate(labels, probabilities);
/// </code></example>
public sealed class Metric
{
    private readonly Compute _compute;

    private Metric(string name, MetricKind kind, bool higherIsBetter, Compute compute)
    {
        Name = name;
        Kind = kind;
        HigherIsBetter = higherIsBetter;
        _compute = compute;
    }

    private delegate MetricValue Compute(ReadOnlySpan<float> targets, ReadOnlySpan<float> predictions, int classes);

    /// <summary>Every metric; the first of a kind is its primary one.</summary>
    public static IReadOnlyList<Metric> All { get; } =
    [
        new("auc", MetricKind.Binary, true, (y, p, _) => BinaryMetrics.Auc(y, p)),
        new("logloss", MetricKind.Binary, false, (y, p, _) => BinaryMetrics.LogLoss(y, p)),
        new("accuracy", MetricKind.Binary, true, (y, p, _) => BinaryMetrics.Accuracy(y, p)),
        new("f1", MetricKind.Binary, true, (y, p, _) => BinaryMetrics.F1(y, p)),
        new("average_precision", MetricKind.Binary, true, (y, p, _) => BinaryMetrics.AveragePrecision(y, p)),
        new("ece", MetricKind.Binary, false, (y, p, _) => BinaryMetrics.CalibrationError(y, p)),
        new("accuracy", MetricKind.MultiClass, true, MultiClassMetrics.Accuracy),
        new("logloss", MetricKind.MultiClass, false, MultiClassMetrics.LogLoss),
        new("f1_macro", MetricKind.MultiClass, true, MultiClassMetrics.MacroF1),
        new("f1_micro", MetricKind.MultiClass, true, MultiClassMetrics.MicroF1),
        new("auc", MetricKind.MultiClass, true, MultiClassMetrics.MacroAuc),
        new("ece", MetricKind.MultiClass, false, (y, p, classes) => MultiClassMetrics.CalibrationError(y, p, classes)),
        new("r2", MetricKind.Regression, true, (y, p, _) => RegressionMetrics.R2(y, p)),
        new("rmse", MetricKind.Regression, false, (y, p, _) => RegressionMetrics.Rmse(y, p)),
        new("mae", MetricKind.Regression, false, (y, p, _) => RegressionMetrics.Mae(y, p)),
        new("explained_variance", MetricKind.Regression, true, (y, p, _) => RegressionMetrics.ExplainedVariance(y, p)),
        new("spearman", MetricKind.Regression, true, (y, p, _) => RegressionMetrics.Spearman(y, p)),
    ];

    /// <summary>The name: "auc", "rmse".</summary>
    public string Name { get; }

    /// <summary>The tasks it belongs to.</summary>
    public MetricKind Kind { get; }

    /// <summary>Whether larger values are better.</summary>
    public bool HigherIsBetter { get; }

    /// <summary>Whether a metric of that name is an error: smaller is better, and its size depends on the data.</summary>
    /// <param name="name">A name, of a metric or not.</param>
    public static bool IsError(string name) => All.Any(metric => metric.Name == name && !metric.HigherIsBetter);

    /// <summary>The metrics of one kind of task, primary first.</summary>
    /// <param name="kind">The kind of task.</param>
    public static IEnumerable<Metric> Of(MetricKind kind) => All.Where(metric => metric.Kind == kind);

    /// <summary>The metric of that name and kind.</summary>
    /// <param name="kind">The kind of task.</param>
    /// <param name="name">The name, any case.</param>
    /// <exception cref="ArgumentException">There is none; the message lists the known names.</exception>
    public static Metric Find(MetricKind kind, string name) => Of(kind).FirstOrDefault(metric => string.Equals(metric.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"unknown metric '{name}' for a {kind} task; known: {string.Join(", ", Of(kind).Select(metric => metric.Name))}.", nameof(name));

    /// <summary>Computes the metric over observed rows.</summary>
    /// <param name="targets">[n], no missing values.</param>
    /// <param name="predictions">[n], or [n, classes] for multi-class tasks.</param>
    /// <param name="classes">Number of classes; read by multi-class metrics only.</param>
    public MetricValue Evaluate(ReadOnlySpan<float> targets, ReadOnlySpan<float> predictions, int classes = 0) => _compute(targets, predictions, classes);

    /// <summary>Whether <paramref name="candidate"/> beats <paramref name="incumbent"/>; NaN never beats a number.</summary>
    /// <param name="candidate">The new value.</param>
    /// <param name="incumbent">The old value.</param>
    public bool IsBetter(double candidate, double incumbent) => !double.IsNaN(candidate) && (double.IsNaN(incumbent) || (HigherIsBetter ? candidate > incumbent : candidate < incumbent));

    /// <inheritdoc/>
    public override string ToString() => Name;
}
