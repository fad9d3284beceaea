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

    /// <summary>Whether an input lies on a path to something whose gradient is wanted; a rule computes nothing for the others.</summary>
    public bool Needs(int index) => _pass.Needs(Node.Inputs[index]);

    /// <summary>Adds a cotangent <c>[tasks, ...input shape]</c> to an input; broadcast axes are summed away here, once for all ops.</summary>
    public void Give(int index, Tensor gradient) => _pass.Accumulate(Node.Inputs[index], _pass.Rows, gradient.SumToTrailing(Node.Inputs[index].Shape));
}
