using System.Globalization;
using System.Numerics.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>What every system asks of the fine-tuned models it is given.</summary>
internal static class TunedModels
{
    /// <summary>tau of every model, all elements of which are finite.</summary>
    public static TaskVector[] Vectors(ModelState theta0, IReadOnlyList<ModelState> tuned, string[] names)
    {
        if (tuned.Count == 0) throw new MergeException("there are no tuned models, expected one or more.");
        var vectors = new TaskVector[tuned.Count];
        for (int task = 0; task < vectors.Length; task++)
        {
            theta0.RequireSameLayout(tuned[task], $"the tuned model '{names[task]}'");
            vectors[task] = TaskVector.From(theta0, tuned[task]);
            for (int tensor = 0; tensor < theta0.Count; tensor++)
            {
                if (!TensorPrimitives.IsFiniteAll<float>(vectors[task].Values[tensor])) throw new MergeException($"the tuned model '{names[task]}' or the base has NaN or infinite elements in tensor '{theta0.Names[tensor]}', expected finite ones.");
            }
        }

        return vectors;
    }

    /// <summary>The given names, or positions.</summary>
    public static string[] Names(int tasks, IReadOnlyList<string>? given)
    {
        if (given is not null && given.Count != tasks) throw new MergeException($"found {given.Count} task names for {tasks} tuned models, expected as many.");
        string[] names = given is null ? [.. Enumerable.Range(0, tasks).Select(task => task.ToString(CultureInfo.InvariantCulture))] : [.. given];
        return names.Distinct(StringComparer.Ordinal).Count() == names.Length ? names : throw new MergeException($"the task names {string.Join(", ", names)} repeat one, expected different ones.");
    }

    /// <summary>As many ones.</summary>
    public static float[] Ones(int count)
    {
        float[] ones = new float[count];
        Array.Fill(ones, 1f);
        return ones;
    }
}
