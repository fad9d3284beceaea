namespace Polymath.Merging.TaskVectors;

/// <summary>The outcome of the trim and the vote of <see cref="GlobalTies"/>: a threshold per task and the sign of the majority; the rest is worked out again for each tensor.</summary>
internal sealed class GlobalTiesElection
{
    private readonly IReadOnlyList<TaskVector> _vectors;
    private readonly ModelState _layout;
    private readonly float[] _thresholds;
    private readonly int _majority;

    public GlobalTiesElection(IReadOnlyList<TaskVector> vectors, double fraction)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0) throw new MergeException("TIES: there are no task vectors, expected one or more.");
        _vectors = vectors;
        _layout = vectors[0].Values;
        for (int task = 1; task < vectors.Count; task++) _layout.RequireSameLayout(vectors[task].Values, $"task vector {task}");
        _thresholds = [.. vectors.Select(vector => GlobalTies.Threshold(vector, fraction))];
        _majority = Math.Sign(Enumerable.Range(0, _layout.Count).Sum(Votes));
    }

    /// <summary>The elected signs of a tensor.</summary>
    public float[] Signs(int tensor, float[] signs)
    {
        Sums(tensor, signs);
        for (int i = 0; i < signs.Length; i++) signs[i] = Sign(signs[i]);
        return signs;
    }

    /// <summary>The entries of one task that survive the trim and agree with the vote.</summary>
    public float[] Agreeing(int task, int tensor, float[] entries)
    {
        Sums(tensor, entries);
        ReadOnlySpan<float> values = Values(task, tensor);
        float threshold = _thresholds[task];
        for (int i = 0; i < entries.Length; i++) entries[i] = Agrees(values[i], threshold, Sign(entries[i])) ? values[i] : 0f;
        return entries;
    }

    /// <summary>The entries of all tasks that agree, joined.</summary>
    public float[] Join(int tensor, TiesAggregation aggregation, float[] joined)
    {
        float[] sums = new float[joined.Length];
        int[] counts = new int[joined.Length];
        Sums(tensor, sums);
        for (int task = 0; task < _vectors.Count; task++)
        {
            ReadOnlySpan<float> values = Values(task, tensor);
            float threshold = _thresholds[task];
            for (int i = 0; i < joined.Length; i++)
            {
                if (!Agrees(values[i], threshold, Sign(sums[i]))) continue;
                counts[i]++;
                joined[i] = aggregation == TiesAggregation.Max ? MathF.MaxMagnitude(joined[i], values[i]) : joined[i] + values[i];
            }
        }

        for (int i = 0; i < joined.Length && aggregation == TiesAggregation.Mean; i++) joined[i] /= Math.Max(counts[i], 1);
        return joined;
    }

    // What agrees is positive where a plus was elected and negative elsewhere; a zero, trimmed or not, never agrees.
    private static bool Agrees(float value, float threshold, int sign) => Math.Abs(value) >= threshold && (sign > 0 ? value > 0 : value < 0);

    private int Sign(float sum) => sum > 0 ? 1 : sum < 0 ? -1 : _majority;

    private ReadOnlySpan<float> Values(int task, int tensor) => _vectors[task].Values[_layout.Names[tensor]];

    private void Sums(int tensor, float[] sums)
    {
        for (int task = 0; task < _vectors.Count; task++)
        {
            ReadOnlySpan<float> values = Values(task, tensor);
            float threshold = _thresholds[task];
            for (int i = 0; i < sums.Length; i++) sums[i] += Math.Abs(values[i]) >= threshold ? values[i] : 0f;
        }
    }

    private long Votes(int tensor)
    {
        float[] sums = new float[_layout[tensor].Length];
        Sums(tensor, sums);
        long votes = 0;
        foreach (float sum in sums) votes += Math.Sign(sum);
        return votes;
    }
}
