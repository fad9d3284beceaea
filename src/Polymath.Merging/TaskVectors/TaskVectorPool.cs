using System.Numerics.Tensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>A base and the task vectors of one or more fine-tunes of it, checked to fit each other: where every learned merge starts.</summary>
/// <example><code>
/// var pool = new TaskVectorPool(theta0, [new("flights", TaskVector.From(theta0, flights)), new("hotels", TaskVector.From(theta0, hotels))]);
/// TaskVectorPool others = pool.Without("hotels");
/// </code></example>
public sealed class TaskVectorPool
{
    private readonly NamedTaskVector[] _vectors;
    private readonly int[][] _places;

    /// <summary>A pool.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="vectors">One vector or more, of distinct names; the order of tensors may differ from the base's.</param>
    /// <exception cref="MergeException">There is no vector, a name is taken, names or shapes of tensors differ, or a value is not finite.</exception>
    public TaskVectorPool(ModelState theta0, IReadOnlyList<NamedTaskVector> vectors)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Count == 0) throw new MergeException("the pool holds no task vector, expected one or more.");
        if (theta0.Count == 0) throw new MergeException("the base has no tensors, expected one or more.");
        Theta0 = theta0;
        _vectors = [.. vectors];
        _places = new int[_vectors.Length][];
        var names = new HashSet<string>(StringComparer.Ordinal);
        RequireFinite(theta0, "the base");
        for (int v = 0; v < _vectors.Length; v++)
        {
            (string name, TaskVector vector) = _vectors[v];
            if (!names.Add(name)) throw new MergeException($"two task vectors are called '{name}', expected every name once.");
            theta0.RequireSameLayout(vector.Values, $"task vector '{name}'");
            RequireFinite(vector.Values, $"task vector '{name}'");
            _places[v] = [.. theta0.Names.Select(vector.Values.IndexOf)];
        }
    }

    /// <summary>The base.</summary>
    public ModelState Theta0 { get; }

    /// <summary>The vectors.</summary>
    public IReadOnlyList<NamedTaskVector> Vectors => _vectors;

    /// <summary>Number of vectors, T.</summary>
    public int Count => _vectors.Length;

    /// <summary>The names of the vectors, in order.</summary>
    public IReadOnlyList<string> Names => [.. _vectors.Select(vector => vector.Name)];

    /// <summary>A pool of the vectors tuned - theta_0.</summary>
    /// <param name="theta0">The base.</param>
    /// <param name="tuned">Fine-tunes of it under their names.</param>
    /// <exception cref="MergeException">There is no fine-tune, or one does not fit the base; it is named.</exception>
    public static TaskVectorPool Of(ModelState theta0, params IReadOnlyList<(string Name, ModelState Tuned)> tuned)
    {
        ArgumentNullException.ThrowIfNull(theta0);
        ArgumentNullException.ThrowIfNull(tuned);
        foreach ((string name, ModelState model) in tuned) theta0.RequireSameLayout(model, $"model '{name}'");
        return new(theta0, [.. tuned.Select(model => new NamedTaskVector(model.Name, TaskVector.From(theta0, model.Tuned)))]);
    }

    /// <summary>Whether there is a vector of that name.</summary>
    public bool Contains(string name) => Array.Exists(_vectors, vector => vector.Name == name);

    /// <summary>The pool without one vector, as a run on that vector's own task needs it.</summary>
    /// <exception cref="MergeException">There is no such vector, or it is the only one.</exception>
    public TaskVectorPool Without(string name)
    {
        if (!Contains(name)) throw new MergeException($"the pool holds no task vector '{name}'; it holds {string.Join(", ", Names)}.");
        return new(Theta0, [.. _vectors.Where(vector => vector.Name != name)]);
    }

    /// <summary>The elements of a vector that belong to a tensor of the base.</summary>
    /// <param name="vector">In [0, <see cref="Count"/>).</param>
    /// <param name="tensor">The place of the tensor in the base.</param>
    public ReadOnlySpan<float> Values(int vector, int tensor) => _vectors[vector].Vector.Values[_places[vector][tensor]];

    private static void RequireFinite(ModelState state, string role)
    {
        for (int tensor = 0; tensor < state.Count; tensor++)
        {
            // A sum of finite floats can overflow, so only a suspicious tensor is searched element by element.
            if (float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(state[tensor]))) continue;
            foreach (float value in state[tensor])
            {
                if (!float.IsFinite(value)) throw new MergeException($"{role}: tensor '{state.Names[tensor]}' holds {value}, expected finite numbers.");
            }
        }
    }
}
