using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Twin;

/// <summary>A shared expert and what each task adds to it. Made by <see cref="TwinMerging"/>.</summary>
public sealed class TwinModel
{
    internal TwinModel(ModelState shared, TwinTask[] parts) => (Shared, Parts) = (shared, parts);

    /// <summary>theta*; tensors that were not merged are those of the base.</summary>
    public ModelState Shared { get; }

    /// <summary>The tasks, in the order of the router's outputs.</summary>
    public IReadOnlyList<TwinTask> Parts { get; }

    /// <summary>Names of the tasks.</summary>
    public IReadOnlyList<string> Tasks => [.. Parts.Select(part => part.Name)];

    /// <summary>How the exclusive vectors were made small.</summary>
    public string Description { get; init; } = string.Empty;

    /// <summary>What the user should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The weights for one task known beforehand: theta* + v_t, and the task's own tensors.</summary>
    /// <param name="task">Its position.</param>
    public ModelState MaterialiseFor(int task)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(task);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(task, Parts.Count);
        float[] weights = new float[Parts.Count];
        weights[task] = 1f;
        return Materialise(weights, task);
    }

    /// <summary>The weights for a mixture: theta* + sum_t w_t v_t.</summary>
    /// <param name="weights">w, one per task.</param>
    /// <param name="ownTask">The task whose own tensors are used; null for those of the base.</param>
    /// <exception cref="MergeException">There are not as many weights as tasks.</exception>
    public ModelState Materialise(ReadOnlySpan<float> weights, int? ownTask = null)
    {
        if (weights.Length != Parts.Count) throw new MergeException($"found {weights.Length} weights for {Parts.Count} tasks, expected one each.");
        ModelState state = Shared.Clone();
        for (int tensor = 0; tensor < state.Count; tensor++)
        {
            string name = state.Names[tensor];
            if (Parts[0].Own.ContainsKey(name))
            {
                if (ownTask is { } chosen) Parts[chosen].Own[name].CopyTo(state[tensor]);
                continue;
            }

            for (int task = 0; task < weights.Length; task++)
            {
                if (weights[task] != 0) Parts[task].Exclusive[name].AddTo(state[tensor], weights[task]);
            }
        }

        return state;
    }

    /// <summary>Room, against T models.</summary>
    public TwinReport Report()
    {
        long model = sizeof(float) * Shared.Elements;
        return new TwinReport { BaseBytes = model, SharedBytes = model, TaskBytes = [.. Parts.Select(part => part.Bytes)] };
    }

    /// <summary>Writes everything to one safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path) => TwinFile.Save(this, path);

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MergeException">The file is none of these.</exception>
    public static TwinModel Load(string path) => TwinFile.Load(path);
}
