namespace Polymath.Tensors;

/// <summary>What a backward rule sees: the node, the stacked cotangent of its output, and where the inputs' cotangents go.</summary>
internal readonly ref struct Vjp
{
    private readonly BackwardPass _pass;

    public Vjp(BackwardPass pass, Node node, Tensor gradient)
    {
        _pass = pass;
        Node = node;
        Gradient = gradient;
    }

    public Node Node { get; }

    /// <summary>The cotangent of the output, <c>[tasks, ...output shape]</c>.</summary>
    public Tensor Gradient { get; }

    /// <summary>Number of tasks stacked in <see cref="Gradient"/>.</summary>
    public int Tasks => Gradient.Shape[0];

    /// <summary>True when the rule itself must be recorded; fused backward kernels are then replaced by differentiable formulas.</summary>
    public bool CreateGraph => _pass.CreateGraph;

    public Tensor Output => new(Node);

    public Tensor Input(int index) => new(Node.Inputs[index]);

    public Tensor Saved(int index) => new(Node.Saved[index]!);

    /// <summary>True when nobody else will read <see cref="Gradient"/>, neither another node nor who asked for it, so that a rule may overwrite it.</summary>
    public bool OwnsGradient => !_pass.Collects(Node) && BackwardPass.CanWrite(Gradient.Node);

    /// <summary>Whether an input lies on a path to something whose gradient is wanted; a rule computes nothing for the others.</summary>
    public bool Needs(int index) => _pass.Needs(Node.Inputs[index]);

    /// <summary>
    /// Whether an input is a parameter whose gradient goes straight to where it is kept: then the rule writes it there, see
    /// <see cref="Place"/>, instead of giving a tensor that would be copied.
    /// </summary>
    public bool WritesParameter(int index) => _pass.WritesParameter(Node.Inputs[index]);

    /// <summary>The inner products that an input's gradient is wanted for, and nothing else; null when the gradient itself is wanted.</summary>
    public GradientGramian? GramianOf(int index) => _pass.GramianOf(Node.Inputs[index]);

    /// <summary>The tasks whose cotangents are stacked in <see cref="Gradient"/>.</summary>
    public RowSet Rows => _pass.Rows;

    /// <summary>Where the gradient of a parameter goes for the cotangents from <paramref name="first"/> on, as far as they lie at equal distances.</summary>
    public ParameterPlace Place(int index, int first) => _pass.Place(Node.Inputs[index], first);

    /// <summary>Runs the segment behind a checkpoint again and sweeps it with <see cref="Gradient"/>.</summary>
    public void Recompute() => _pass.Recompute(Node);

    /// <summary>Adds a cotangent <c>[tasks, ...input shape]</c> to an input; broadcast axes are summed away here, once for all ops.</summary>
    public void Give(int index, Tensor gradient) => _pass.Accumulate(Node.Inputs[index], _pass.Rows, gradient.SumToTrailing(Node.Inputs[index].Shape));
}
