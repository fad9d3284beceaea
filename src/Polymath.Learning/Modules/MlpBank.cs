using Polymath.Tensors;

namespace Polymath.Learning;

/// <summary>
/// Runs several stacks of the same layers on one input side by side: experts, or the first layers of several tasks. The first layer of all
/// is one matrix product with the weights on top of each other, and every later one a product per stack on its own columns. The
/// stacks stay modules of their owner and keep their parameters and names; the bank only runs them.
/// </summary>
/// <example><code>
/// var random = new RandomStream(1);
/// Mlp[] experts = [new Mlp(6, new MlpOptions { Hidden = [4, 3] }, random), new Mlp(6, new MlpOptions { Hidden = [4, 3] }, random)];
/// Tensor y = new MlpBank(experts).Forward(Tensor.Ones(5, 6));   // [5, 6]: three columns of each
/// </code></example>
public sealed class MlpBank
{
    private readonly Mlp[] _members;
    private readonly LinearBank[] _linears;
    private readonly BatchNormBank[] _norms;
    private readonly LayerNormBank[] _layerNorms;
    private readonly LinearBank? _output;
    private readonly LayerStack _stack;

    /// <summary>A bank.</summary>
    /// <param name="members">At least one stack; all with the same inputs, hidden layers, output and options.</param>
    /// <exception cref="ArgumentException">There is none, or two differ in their layers.</exception>
    public MlpBank(IReadOnlyList<Mlp> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        if (members.Count == 0) throw new ArgumentException("MlpBank: found no stacks, expected at least one.", nameof(members));
        _members = [.. members];
        Mlp first = members[0];
        if (_members.FirstOrDefault(member => !IsLike(first, member)) is { } other) throw new ArgumentException($"MlpBank: found stacks of {first.Inputs} and {other.Inputs} inputs with {first.Layers.Count} and {other.Layers.Count} hidden layers, expected the same layers and options in all.", nameof(members));
        _linears = [.. first.Layers.Select((_, layer) => new LinearBank([.. _members.Select(member => member.Layers[layer])]))];
        _norms = [.. first.Norms.Select((_, layer) => new BatchNormBank([.. _members.Select(member => member.Norms[layer])]))];
        _layerNorms = [.. first.LayerNorms.Select((_, layer) => new LayerNormBank([.. _members.Select(member => member.LayerNorms[layer])]))];
        _stack = new LayerStack(_linears.Length, first.Options.Checkpoint, RunLayer);
        _output = first.Output is null ? null : new LinearBank([.. _members.Select(member => member.Output!)]);
    }

    /// <summary>Number of stacks, M.</summary>
    public int Count => _members.Length;

    /// <summary>Width of what one stack returns.</summary>
    public int Outputs => _members[0].Outputs;

    /// <summary>Runs all stacks.</summary>
    /// <param name="input">Shape <c>[rows, inputs]</c>.</param>
    /// <returns>Shape <c>[rows, M outputs]</c>: the outputs of the first stack, then those of the second, ...</returns>
    public Tensor Forward(Tensor input)
    {
        if (_members.Length == 1) return _members[0].Forward(input);
        Tensor x = _stack.Forward(input);
        if (_linears.Length == 0) return _output is null ? Repeated(x) : _output.OnOneInput(x);
        return _output is null ? x : _output.OnOwnColumns(x);
    }

    private Tensor RunLayer(Tensor input, int layer)
    {
        MlpOptions options = _members[0].Options;
        Activation fused = _norms.Length + _layerNorms.Length == 0 ? options.Activation : Activation.Identity;
        Tensor x = layer == 0 ? _linears[layer].OnOneInput(input, fused) : _linears[layer].OnOwnColumns(input, fused);
        if (_norms.Length > 0) x = _norms[layer].Forward(x).Apply(options.Activation);
        if (_layerNorms.Length > 0) x = _layerNorms[layer].Forward(x).Apply(options.Activation);
        return options.Dropout > 0f && _members[0].Training ? Fused.Dropout(x, options.Dropout, _members[0].Random) : x;
    }

    private static bool IsLike(Mlp one, Mlp other)
    {
        MlpOptions a = one.Options, b = other.Options;
        return one.Inputs == other.Inputs && a.Hidden.SequenceEqual(b.Hidden) && a.OutputSize == b.OutputSize && a.OutputBias == b.OutputBias
            && a.Activation == b.Activation && a.BatchNorm == b.BatchNorm && a.LayerNorm == b.LayerNorm && a.Dropout == b.Dropout && a.Checkpoint == b.Checkpoint;
    }

    /// <summary>Stacks without any layer pass their input on.</summary>
    private Tensor Repeated(Tensor input)
    {
        var copies = new Tensor[_members.Length];
        Array.Fill(copies, input);
        return Tensor.Concat(copies, 1);
    }
}
