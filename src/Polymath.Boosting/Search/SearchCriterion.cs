using Polymath.Data;
using Polymath.Learning.Metrics;

namespace Polymath.Boosting;

/// <summary>What a search compares: the mean loss, or a metric averaged over targets.</summary>
internal sealed class SearchCriterion
{
    /// <summary>The name that stands for the mean loss.</summary>
    public const string Loss = "loss";

    private readonly Metric[] _metrics;

    private SearchCriterion(Metric[] metrics) => _metrics = metrics;

    /// <summary>Whether more is better.</summary>
    public bool HigherIsBetter => _metrics.Length > 0 && _metrics[0].HigherIsBetter;

    /// <exception cref="BoostingException">A target has no such metric.</exception>
    public static SearchCriterion Create(string name, BoostingData data)
    {
        if (name == Loss) return new SearchCriterion([]);
        return new SearchCriterion([.. data.Targets.Select(target =>
        {
            Metric[] known = [.. Metric.Of(KindOf(target))];
            return Array.Find(known, metric => metric.Name == name)
                ?? throw new BoostingException($"search-metric: target '{target.Name}' is {target.Kind.ToString().ToLowerInvariant()} and has no metric '{name}'{Suggestion.Tail(name, [Loss, .. known.Select(metric => metric.Name)])}");
        })]);
    }

    /// <summary>The score of a model on rows held out.</summary>
    public double Of(BoostedModel model, BoostingData held, double loss)
    {
        if (_metrics.Length == 0) return loss;
        double[] predictions = model.Predict(held.Features, held.TaskOfRow);
        double sum = 0;
        for (int target = 0; target < _metrics.Length; target++)
        {
            float[] all = TargetPredictions.Of(model, predictions, target);
            int outputs = held.Rows == 0 ? 1 : all.Length / held.Rows;
            var labels = new List<float>();
            var answers = new List<float>();
            for (int row = 0; row < held.Rows; row++)
            {
                float label = held.Labels[(row * _metrics.Length) + target];
                if (float.IsNaN(label)) continue;
                labels.Add(label);
                answers.AddRange(all.AsSpan(row * outputs, outputs));
            }

            sum += labels.Count == 0 ? double.NaN : _metrics[target].Evaluate([.. labels], [.. answers], held.Targets[target].Classes.Count).Value;
        }

        return sum / _metrics.Length;
    }

    private static MetricKind KindOf(BoostingTarget target) => target.Kind switch
    {
        TargetKind.Binary => MetricKind.Binary,
        TargetKind.Multiclass => MetricKind.MultiClass,
        _ => MetricKind.Regression,
    };
}
