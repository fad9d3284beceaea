using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>The simple rival of <see cref="TallMasks"/>: task t keeps the largest of its own |tau_t|, whatever the other tasks did to these weights.</summary>
public static class MagnitudeMasks
{
    /// <summary>Builds a mask per task for the sum of the task vectors.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">The fine-tuned models, one or more.</param>
    /// <param name="keep">The part that is kept, as in <see cref="GlobalTiesOptions.Keep"/>: 10 is ten percent.</param>
    /// <param name="taskNames">Names of the tasks; null for "0", "1", ...</param>
    /// <exception cref="MergeException">There are no tuned models, tensors differ or are not finite, or the part is out of range.</exception>
    public static TaskMaskSet Build(ModelState theta0, IReadOnlyList<ModelState> tuned, double keep = 10, IReadOnlyList<string>? taskNames = null)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        string[] names = TunedModels.Names(tuned.Count, taskNames);
        TaskVector[] vectors = TunedModels.Vectors(theta0, tuned, names);
        double fraction = new GlobalTiesOptions { Keep = keep }.Fraction;
        var layout = new MaskLayout(theta0);
        BitMask[] masks = Array.ConvertAll(vectors, vector =>
        {
            float threshold = GlobalTies.Threshold(vector, fraction);
            var mask = new BitMask(layout.Elements);
            layout.ForEach((name, offset) =>
            {
                ReadOnlySpan<float> values = vector.Values[name];
                for (int i = 0; i < values.Length; i++)
                {
                    if (Math.Abs(values[i]) >= threshold) mask[offset + i] = true;
                }
            });
            return mask;
        });
        float[] lambdas = new float[tuned.Count];
        Array.Fill(lambdas, float.NaN);
        return new TaskMaskSet(theta0, TaskVector.Sum(vectors), names, masks, lambdas, TunedModels.Ones(tuned.Count)) { Method = "magnitude masks" };
    }
}
