using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Merging.Twin;

/// <summary>Runs any module with a mixture per example by making the weights, once for all rows that share a mixture: the reference for mixing in low-rank form, and cheap with one task per example.</summary>
public static class MaterialisedPrediction
{
    /// <summary>Runs rows.</summary>
    /// <param name="twin">The model.</param>
    /// <param name="module">A module with the model's parameters; they are overwritten.</param>
    /// <param name="forward">Runs the module on <c>[rows, inputs]</c>; its result has the rows on axis 0.</param>
    /// <param name="input">Shape <c>[rows, inputs]</c>.</param>
    /// <param name="mixture">w, <c>[rows, tasks]</c> row-major.</param>
    /// <param name="ownTasks">The task whose own tensors each row uses; null for those of the base.</param>
    /// <returns>The results, row after row.</returns>
    public static float[] Run(TwinModel twin, Module module, Func<Tensor, Tensor> forward, Tensor input, ReadOnlySpan<float> mixture, IReadOnlyList<int>? ownTasks = null)
    {
        ArgumentNullException.ThrowIfNull(twin);
        ArgumentNullException.ThrowIfNull(forward);
        int rows = input.Shape[0], features = input.Shape[1], tasks = twin.Parts.Count;
        if (mixture.Length != rows * tasks) throw new MergeException($"found {mixture.Length} weights for {rows} rows and {tasks} tasks, expected one each.");
        float[] weights = mixture.ToArray(), inputs = input.ToArray(), results = [];
        int width = 0;
        foreach (IGrouping<string, int> group in Enumerable.Range(0, rows).GroupBy(row => $"{ownTasks?[row]}:{Convert.ToHexString(System.Runtime.InteropServices.MemoryMarshal.AsBytes(weights.AsSpan(row * tasks, tasks)))}"))
        {
            int[] members = [.. group];
            twin.Materialise(weights.AsSpan(members[0] * tasks, tasks), ownTasks?[members[0]]).CopyTo(module);
            float[] part = new float[members.Length * features];
            for (int i = 0; i < members.Length; i++) inputs.AsSpan(members[i] * features, features).CopyTo(part.AsSpan(i * features));
            Tensor output = forward(Tensor.FromArray(part, members.Length, features));
            width = output.Shape.Length / members.Length;
            if (results.Length == 0) results = new float[rows * width];
            for (int i = 0; i < members.Length; i++) output.Span.Slice(i * width, width).CopyTo(results.AsSpan(members[i] * width));
        }

        return results;
    }
}
