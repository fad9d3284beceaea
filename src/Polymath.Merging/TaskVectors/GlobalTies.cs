namespace Polymath.Merging.TaskVectors;

/// <summary>
/// TIES as its authors released it (Yadav et al., "TIES-Merging: Resolving Interference When Merging Models", NeurIPS 2023, arXiv 2306.01708):
/// trim, elect a sign, join the entries that agree, where one magnitude decides for the whole model. (The <c>ties</c> method of merge
/// configurations, like mergekit's, trims every tensor on its own.)
/// </summary>
/// <remarks>
/// Trim: with P elements and a part K kept, the threshold is the (P - floor(P K))-th smallest magnitude, and what reaches it stays, so equal
/// magnitudes at the threshold all stay. Elect: the sign of the sum over tasks, and where that is zero the sign that most elements elected.
/// The vectors are read tensor by tensor; nothing as long as the model is made but the result.
/// </remarks>
/// <example><code>
/// TaskVector merged = GlobalTies.Merge([french, german, spanish], new GlobalTiesOptions { Keep = 20 });
/// merged.ApplyTo(theta0, scale: 0.4f).Save("merged.safetensors");
/// </code></example>
public static class GlobalTies
{
    /// <summary>Trims, elects and joins.</summary>
    /// <param name="vectors">Task vectors of one base, one or more.</param>
    /// <param name="options">What is kept and how it is joined; null for the defaults.</param>
    /// <returns>The merged vector, in the order of the first.</returns>
    /// <exception cref="MergeException">There are no vectors, their tensors differ, an element is not finite, or a setting is out of range.</exception>
    public static TaskVector Merge(IReadOnlyList<TaskVector> vectors, GlobalTiesOptions? options = null)
    {
        options ??= new GlobalTiesOptions();
        GlobalTiesElection election = new(vectors, options.Fraction);
        return new(vectors[0].Values.Map((tensor, values) => election.Join(tensor, options.Aggregation, new float[values.Length])));
    }

    /// <summary>What TIES would join, task by task: the entries that survive the trim and have the elected sign, others zero. AdaMerging++ learns with these.</summary>
    /// <param name="vectors">Task vectors of one base, one or more.</param>
    /// <param name="options">What is kept; the aggregation plays no part.</param>
    /// <returns>One vector per task, in the order of the first vector's tensors.</returns>
    /// <exception cref="MergeException">As in <see cref="Merge"/>.</exception>
    public static TaskVector[] Split(IReadOnlyList<TaskVector> vectors, GlobalTiesOptions? options = null)
    {
        GlobalTiesElection election = new(vectors, (options ?? new GlobalTiesOptions()).Fraction);
        return [.. Enumerable.Range(0, vectors.Count).Select(task => new TaskVector(vectors[0].Values.Map((tensor, values) => election.Agreeing(task, tensor, new float[values.Length]))))];
    }

    /// <summary>The elected sign of every element: 1, -1, or 0 where nothing was elected anywhere.</summary>
    /// <param name="vectors">Task vectors of one base, one or more.</param>
    /// <param name="options">What is kept before the vote.</param>
    /// <exception cref="MergeException">As in <see cref="Merge"/>.</exception>
    public static TaskVector ElectSigns(IReadOnlyList<TaskVector> vectors, GlobalTiesOptions? options = null)
    {
        GlobalTiesElection election = new(vectors, (options ?? new GlobalTiesOptions()).Fraction);
        return new(vectors[0].Values.Map((tensor, values) => election.Signs(tensor, new float[values.Length])));
    }

    /// <summary>A vector without its small elements.</summary>
    /// <param name="vector">The vector.</param>
    /// <param name="options">What is kept.</param>
    /// <exception cref="MergeException">An element is not finite, or a setting is out of range.</exception>
    public static TaskVector Trim(TaskVector vector, GlobalTiesOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(vector);
        float threshold = Threshold(vector, (options ?? new GlobalTiesOptions()).Fraction);
        return new(vector.Values.Map((_, values) => Array.ConvertAll(values, value => Math.Abs(value) >= threshold ? value : 0f)));
    }

    /// <summary>The magnitude that an element must reach to be kept: the (P - floor(P K))-th smallest, or 0 when everything is kept.</summary>
    /// <param name="vector">P elements.</param>
    /// <param name="fraction">K, in [0, 1].</param>
    internal static float Threshold(TaskVector vector, double fraction)
    {
        long elements = vector.Values.Elements, smallest = elements - (long)Math.Floor(elements * fraction);
        if (fraction >= 1 || smallest < 1) return 0f;
        var selection = new MagnitudeSelection();
        for (int tensor = 0; tensor < vector.Values.Count; tensor++) selection.Count(vector.Values[tensor]);
        selection.Narrow(smallest);
        for (int tensor = 0; tensor < vector.Values.Count; tensor++) selection.Refine(vector.Values[tensor]);
        return selection.Value;
    }
}
