using System.Globalization;
using System.Runtime.InteropServices;
using Polymath.Onnx.Format;
using Polymath.Onnx.Tracing;

namespace Polymath.Onnx.Graphs;

/// <summary>A graph under construction. Values are known by their names; operations are added in the order in which they run.</summary>
internal sealed class GraphBuilder
{
    /// <summary>Version of the standard operators; runtimes from 2022 on know it.</summary>
    public const int OperatorSet = 17;

    /// <summary>Set of the label encoder, and the version that goes with <see cref="OperatorSet"/>.</summary>
    public const string LearningDomain = "ai.onnx.ml";

    private const int LearningOperatorSet = 3;

    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxTensor> _initializers = [];
    private readonly List<OnnxValue> _inputs = [], _outputs = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _constants = new(StringComparer.Ordinal);
    private string? _rows;

    /// <summary>What a caller gives.</summary>
    public IReadOnlyList<OnnxValue> Inputs => _inputs;

    /// <summary>What a caller gets.</summary>
    public IReadOnlyList<OnnxValue> Outputs => _outputs;

    /// <summary>Declares an input <c>[rows, width]</c>.</summary>
    /// <returns>Its name.</returns>
    public string Input(string name, OnnxType type, int width)
    {
        if (!_names.Add(name)) throw new OnnxException($"two inputs of the graph are named '{name}', expected different names.");
        _inputs.Add(new OnnxValue(name, type, width));
        return name;
    }

    /// <summary>Declares a value <c>[rows, width]</c> as an output under a name of its own.</summary>
    public void Output(string name, OnnxType type, int width, string value)
    {
        if (!_names.Add(name)) throw new OnnxException($"the output '{name}' has the name of another input or output of the graph, expected different names; rename the target.");
        _outputs.Add(new OnnxValue(name, type, width));
        _nodes.Add(new OnnxNode { Name = Unique("Identity"), Operator = "Identity", Inputs = [value], Outputs = [name] });
    }

    /// <summary>Adds an operation with one result.</summary>
    /// <returns>The name of the result.</returns>
    public string Add(string operation, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes) => Add(operation, string.Empty, inputs, attributes);

    /// <summary>Adds an operation of a set with one result.</summary>
    /// <returns>The name of the result.</returns>
    public string Add(string operation, string domain, ReadOnlySpan<string> inputs, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        string name = Unique(operation);
        _nodes.Add(new OnnxNode { Name = name, Operator = operation, Domain = domain, Inputs = inputs.ToArray(), Outputs = [name], Attributes = attributes.ToArray() });
        return name;
    }

    /// <summary>Cuts the last axis into equal parts.</summary>
    public string[] Split(string value, int parts)
    {
        string name = Unique("Split");
        string[] outputs = [.. Enumerable.Range(0, parts).Select(part => string.Create(CultureInfo.InvariantCulture, $"{name}.{part}"))];
        _nodes.Add(new OnnxNode { Name = name, Operator = "Split", Inputs = [value], Outputs = [.. outputs], Attributes = [new OnnxAttribute("axis", -1)] });
        return outputs;
    }

    /// <summary>Adds a constant that stays where it is until the file is written.</summary>
    /// <param name="name">A name, which gets a number when it is taken.</param>
    /// <param name="shape">Its axis lengths.</param>
    /// <param name="values">Its values.</param>
    public string Weight(string name, ReadOnlySpan<int> shape, Func<ReadOnlySpan<float>> values)
    {
        string unique = _names.Contains(name) ? Unique(name) : name;
        _names.Add(unique);
        _initializers.Add(OnnxTensor.Of(unique, Lengths(shape), values));
        return unique;
    }

    /// <summary>A single float, of no axes.</summary>
    public string Scalar(float value) => Shared("scalar", BitConverter.SingleToInt32Bits(value).ToString("x8", CultureInfo.InvariantCulture), name => OnnxTensor.Of(name, [], () => MemoryMarshal.CreateReadOnlySpan(ref value, 1)));

    /// <summary>A single double, of no axes.</summary>
    public string Scalar(double value) => Shared("double", BitConverter.DoubleToInt64Bits(value).ToString("x16", CultureInfo.InvariantCulture), name => OnnxTensor.Of(name, [], [value]));

    /// <summary>A single integer, of no axes.</summary>
    public string Scalar(long value) => Shared("integer", value.ToString(CultureInfo.InvariantCulture), name => OnnxTensor.Of(name, [], [value]));

    /// <summary>A list of integers: axes, a shape.</summary>
    public string List(params ReadOnlySpan<long> values)
    {
        long[] kept = values.ToArray();
        return Shared("list", string.Join(',', kept), name => OnnxTensor.Of(name, [kept.Length], kept));
    }

    /// <summary>Integers of any shape.</summary>
    public string Integers(long[] shape, long[] values)
    {
        string name = Unique("ids");
        _initializers.Add(OnnxTensor.Of(name, shape, values));
        return name;
    }

    /// <summary>Doubles of any shape.</summary>
    public string Doubles(long[] shape, double[] values)
    {
        string name = Unique("doubles");
        _initializers.Add(OnnxTensor.Of(name, shape, values));
        return name;
    }

    /// <summary>A value of another type.</summary>
    public string Cast(string value, OnnxType type) => Add("Cast", [value], new OnnxAttribute("to", (long)type));

    /// <summary>The lengths of a shape as a list, computed from the batch where they follow the rows.</summary>
    public string Lengths(ReadOnlySpan<Dimension> shape)
    {
        if (!Follows(shape)) return List(Fixed(shape));
        string[] parts = new string[shape.Length];
        for (int axis = 0; axis < parts.Length; axis++) parts[axis] = Number(shape[axis]);
        return parts.Length == 1 ? parts[0] : Add("Concat", parts, new OnnxAttribute("axis", 0));
    }

    /// <summary>A number as a list of one.</summary>
    public string Number(Dimension number) => !number.FollowsRows ? List(number.Fixed) : number.PerRow == 1 ? Rows() : Add("Mul", [Rows(), List(number.PerRow)]);

    /// <summary>The same elements in another shape.</summary>
    public string Reshape(string value, params ReadOnlySpan<Dimension> shape)
    {
        int follows = 0;
        bool empty = false;
        foreach (Dimension axis in shape)
        {
            follows += axis.FollowsRows ? 1 : 0;
            empty |= axis == default;
        }

        if (follows > 1 || empty) return Add("Reshape", [value, Lengths(shape)], new OnnxAttribute("allowzero", 1));
        long[] lengths = new long[shape.Length];
        for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = shape[axis].FollowsRows ? -1 : shape[axis].Fixed;
        return Add("Reshape", [value, List(lengths)]);
    }

    /// <summary>Swaps the last two axes.</summary>
    public string Transpose(string value, int rank)
    {
        long[] order = [.. Enumerable.Range(0, rank)];
        (order[^1], order[^2]) = (order[^2], order[^1]);
        return Permute(value, order);
    }

    /// <summary>Axes in another order.</summary>
    public string Permute(string value, params ReadOnlySpan<long> order) => Add("Transpose", [value], new OnnxAttribute("perm", order));

    /// <summary>The file.</summary>
    public OnnxModel Build(string name, IReadOnlyList<OnnxProperty> properties)
    {
        var graph = new OnnxGraph { Name = name, Nodes = _nodes, Initializers = _initializers, Inputs = _inputs, Outputs = _outputs };
        var sets = new List<OnnxOperatorSet> { new(string.Empty, OperatorSet) };
        if (_nodes.Exists(node => node.Domain == LearningDomain)) sets.Add(new OnnxOperatorSet(LearningDomain, LearningOperatorSet));
        return new OnnxModel { Producer = "Polymath", ProducerVersion = typeof(GraphBuilder).Assembly.GetName().Version!.ToString(3), Graph = graph, OperatorSets = sets, Properties = properties };
    }

    private static bool Follows(ReadOnlySpan<Dimension> shape)
    {
        foreach (Dimension axis in shape) if (axis.FollowsRows) return true;
        return false;
    }

    private static long[] Fixed(ReadOnlySpan<Dimension> shape)
    {
        long[] lengths = new long[shape.Length];
        for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = shape[axis].Fixed;
        return lengths;
    }

    private static long[] Lengths(ReadOnlySpan<int> shape)
    {
        long[] lengths = new long[shape.Length];
        for (int axis = 0; axis < lengths.Length; axis++) lengths[axis] = shape[axis];
        return lengths;
    }

    /// <summary>The number of rows as a list of one, from the first input.</summary>
    private string Rows() => _rows ??= Add("Slice", [Add("Shape", [_inputs[0].Name]), List(0), List(1)]);

    private string Shared(string kind, string key, Func<string, OnnxTensor> make)
    {
        if (_constants.TryGetValue($"{kind} {key}", out string? known)) return known;
        string name = Unique(kind);
        _initializers.Add(make(name));
        return _constants[$"{kind} {key}"] = name;
    }

    private string Unique(string hint)
    {
        while (true)
        {
            int count = _counts[hint] = _counts.GetValueOrDefault(hint) + 1;
            string name = string.Create(CultureInfo.InvariantCulture, $"/{hint}.{count}");
            if (_names.Add(name)) return name;
        }
    }
}
