namespace Polymath.Merging.Execution;

/// <summary>Says once for each tensor and model that it holds NaN or infinity, and where.</summary>
/// <param name="refuse">Whether that ends the merge.</param>
/// <param name="warn">Receives the sentence otherwise.</param>
internal sealed class NonFiniteReport(bool refuse, Action<string> warn)
{
    private readonly HashSet<(string Tensor, string Model)> _told = [];

    /// <summary>As <see cref="Blending.NonFiniteValues"/>.</summary>
    public void Report(string tensor, string model, long start, ReadOnlySpan<float> values)
    {
        int at = 0;
        while (float.IsFinite(values[at])) at++;
        string sentence = $"tensor '{tensor}': model '{model}' holds {values[at]} at element {start + at}";
        if (refuse) throw new MergeException($"{sentence}; repair the model, or leave it out.");
        lock (_told)
        {
            if (!_told.Add((tensor, model))) return;
        }

        warn($"{sentence}.");
    }
}
