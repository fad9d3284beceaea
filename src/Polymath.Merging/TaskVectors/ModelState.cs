using Polymath.Learning;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.TaskVectors;

/// <summary>The weights of one network in memory: named single-precision tensors in a fixed order. A snapshot: it shares no memory with a module.</summary>
/// <remarks>
/// For networks that fit memory several times over, which is what learning how to merge needs; whole checkpoints of any size go through
/// <c>Merger</c> instead. Running statistics of batch normalisation are buffers, not weights, and belong to no state.
/// </remarks>
/// <example><code>
/// ModelState theta0 = ModelState.From(network);
/// TaskVector tau = TaskVector.From(theta0, ModelState.From(tuned));
/// (tau * 0.3f).ApplyTo(theta0).CopyTo(network);
/// </code></example>
public sealed class ModelState
{
    private readonly string[] _names;
    private readonly Shape[] _shapes;
    private readonly float[][] _values;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    /// <summary>A state of tensors in the given order.</summary>
    /// <param name="tensors">Name, shape and row-major elements of each; the elements are taken over, not copied.</param>
    /// <exception cref="MergeException">A name is given twice, or a shape and its elements disagree.</exception>
    public ModelState(IEnumerable<(string Name, Shape Shape, float[] Values)> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        (string Name, Shape Shape, float[] Values)[] all = [.. tensors];
        _names = Array.ConvertAll(all, tensor => tensor.Name);
        _shapes = Array.ConvertAll(all, tensor => tensor.Shape);
        _values = Array.ConvertAll(all, tensor => tensor.Values);
        for (int i = 0; i < all.Length; i++)
        {
            if (!_index.TryAdd(_names[i], i)) throw new MergeException($"tensor '{_names[i]}' is given twice, expected every name once.");
            if (_values[i].Length != _shapes[i].Length) throw new MergeException($"tensor '{_names[i]}': found {_values[i].Length} elements, expected {_shapes[i].Length} for shape {_shapes[i]}.");
        }
    }

    /// <summary>Names of the tensors, in order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Number of tensors.</summary>
    public int Count => _names.Length;

    /// <summary>Number of elements of all tensors.</summary>
    public long Elements => _values.Sum(values => (long)values.Length);

    /// <summary>The row-major elements of a tensor; writing to them changes the state.</summary>
    /// <exception cref="MergeException">There is no such tensor.</exception>
    public Span<float> this[string name] => _values[IndexOf(name)];

    /// <summary>The row-major elements of the tensor at a position of the order.</summary>
    public Span<float> this[int tensor] => _values[tensor];

    /// <summary>The row-major elements of the tensor at a position of the order, to be read later.</summary>
    internal ReadOnlyMemory<float> MemoryOf(int tensor) => _values[tensor];

    /// <summary>The shape of the tensor at a position of the order.</summary>
    public Shape ShapeOf(int tensor) => _shapes[tensor];

    /// <summary>The position of a tensor in the order.</summary>
    /// <exception cref="MergeException">There is no such tensor.</exception>
    public int IndexOf(string name) => _index.TryGetValue(name, out int index) ? index : throw new MergeException($"tensor '{name}' is not in the model; it holds {string.Join(", ", _names.Take(5))}{(_names.Length > 5 ? ", ..." : string.Empty)}.");

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _index.ContainsKey(name);

    /// <summary>A copy of a module's parameters (not its buffers), in registration order.</summary>
    public static ModelState From(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return new(module.NamedParameters().Select(entry => (entry.Key, entry.Value.Shape, entry.Value.Value.ToArray())));
    }

    /// <summary>Reads every floating-point tensor of a safetensors file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format.</exception>
    public static ModelState Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        return new([.. file.Names.Where(name => file[name].Type is SafetensorsType.F16 or SafetensorsType.BF16 or SafetensorsType.F32 or SafetensorsType.F64).Select(name =>
        {
            TensorInfo info = file[name];
            float[] values = new float[info.Elements];
            file.ReadFloat32(name, values);
            return (name, new Shape([.. info.Shape.Select(axis => checked((int)axis))]), values);
        })]);
    }

    /// <summary>Writes a safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    /// <param name="metadata">Free key-value pairs for the header.</param>
    public void Save(string path, IReadOnlyDictionary<string, string>? metadata = null)
        => SafetensorsWriter.Write(path, Enumerable.Range(0, Count).Select(i => SafetensorsEntry.FromFloat32(_names[i], [.. _shapes[i].Axis.ToArray().Select(axis => (long)axis)], _values[i])), metadata);

    /// <summary>Writes the tensors into the parameters of the same names.</summary>
    /// <param name="module">A module with exactly these parameters.</param>
    /// <exception cref="MergeException">Names or shapes differ.</exception>
    public void CopyTo(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        int copied = 0;
        foreach ((string name, Parameter parameter) in module.NamedParameters())
        {
            int index = IndexOf(name);
            if (_shapes[index] != parameter.Shape) throw new MergeException($"tensor '{name}': found shape {_shapes[index]}, expected {parameter.Shape} of the module.");
            _values[index].CopyTo(parameter.Value.Span);
            copied++;
        }

        if (copied != Count) throw new MergeException($"the module has {copied} parameters, but the state holds {Count} tensors; expected the same names in both.");
    }

    /// <summary>A copy that shares nothing.</summary>
    public ModelState Clone() => Map(static (_, values) => (float[])values.Clone());

    /// <summary>A state of the same names and shapes with elements made from these.</summary>
    /// <param name="values">From the position and the elements of a tensor to its new elements.</param>
    public ModelState Map(Func<int, float[], float[]> values) => new(Enumerable.Range(0, Count).Select(i => (_names[i], _shapes[i], values(i, _values[i]))));

    /// <summary>Fails unless another state has the same names and shapes.</summary>
    /// <param name="other">The other state; its order may differ.</param>
    /// <param name="role">What the other is, for the message: "task vector 'sst2'".</param>
    /// <exception cref="MergeException">Names or shapes differ; the first differences are named.</exception>
    public void RequireSameLayout(ModelState other, string role)
    {
        ArgumentNullException.ThrowIfNull(other);
        string[] missing = [.. _names.Where(name => !other.Contains(name))], extra = [.. other._names.Where(name => !Contains(name))];
        if (missing.Length > 0 || extra.Length > 0) throw new MergeException($"{role} has other tensors than the base: {Differences("missing", missing)}{(missing.Length > 0 && extra.Length > 0 ? "; " : string.Empty)}{Differences("not in the base", extra)}.");
        for (int i = 0; i < Count; i++)
        {
            Shape found = other._shapes[other.IndexOf(_names[i])];
            if (found != _shapes[i]) throw new MergeException($"{role}: tensor '{_names[i]}' has shape {found}, expected {_shapes[i]} of the base.");
        }
    }

    private static string Differences(string what, string[] names)
        => names.Length == 0 ? string.Empty : $"{what} {string.Join(", ", names.Take(4).Select(name => $"'{name}'"))}{(names.Length > 4 ? $" and {names.Length - 4} more" : string.Empty)}";
}
