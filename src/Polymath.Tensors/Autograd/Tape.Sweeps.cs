namespace Polymath.Tensors;

// The sweeps whose gradients come whole: as rows, as one weighted row, or as Jacobians.
public sealed partial class Tape
{
    // What the sweep of Gradients starts from and ends at.
    private readonly List<Node?> _wanted = [];
    private readonly List<Node> _starts = [];

    /// <summary>
    /// The gradients of K scalar losses in one sweep. Row k of <paramref name="into"/> receives the gradient of loss k with
    /// respect to the shared parameters; the parameters only one task reaches receive that task's gradient.
    /// </summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="into">Overwritten; must have K rows.</param>
    /// <param name="release">
    /// True when this is the last sweep over the record: every value but the losses is given back as soon as nothing reads it any more, as
    /// <see cref="Reset"/> would later, and the record is over. The losses stay readable; other handles become invalid.
    /// </param>
    /// <exception cref="TensorException">A loss is not a scalar of this tape, or the row count differs.</exception>
    public void Backward(ReadOnlySpan<Tensor> losses, TaskGradients into, bool release = false)
    {
        if (into.Tasks != losses.Length) throw new TensorException($"Tape.Backward: {losses.Length} losses for gradients with {into.Tasks} rows.");
        Sweep(losses, default, into, release);
    }

    /// <summary>The gradient of the weighted sum of K losses, in one row: as cheap as one loss.</summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="weights">K weights.</param>
    /// <param name="into">Overwritten; must have one row.</param>
    /// <param name="release">True when this is the last sweep over the record: every value but the losses is given back on the way.</param>
    public void Backward(ReadOnlySpan<Tensor> losses, ReadOnlySpan<double> weights, TaskGradients into, bool release = false)
    {
        if (into.Tasks != 1) throw new TensorException($"Tape.Backward: a weighted sum has one gradient row, found {into.Tasks}.");
        if (weights.Length != losses.Length) throw new TensorException($"Tape.Backward: {losses.Length} losses with {weights.Length} weights.");
        Sweep(losses, weights, into, release);
    }

    /// <summary>Continues a sweep from an intermediate value with given cotangents, e.g. combined representation gradients.</summary>
    /// <param name="output">A value recorded on this tape.</param>
    /// <param name="cotangents">Shape <c>[tasks, ...output shape]</c>.</param>
    /// <param name="into">Not cleared, so that head gradients of an earlier sweep stay.</param>
    /// <param name="release">True when this is the last sweep over the record: every value but <paramref name="output"/> is given back on the way.</param>
    public void Backward(Tensor output, Tensor cotangents, TaskGradients into, bool release = false)
    {
        if (cotangents.Shape != output.Shape.Prepend(into.Tasks)) throw new TensorException($"Tape.Backward: found cotangents {cotangents.Shape}, expected {output.Shape.Prepend(into.Tasks)}.");
        Node start = OnTape(output, "output");
        _pass.Begin(createGraph: false);
        using var scope = new SweepScope(this, record: false);
        _pass.MarkNeeded(into);
        _pass.Promise(start, _pass.Sets.Range(into.Tasks));
        _pass.Plan();
        _pass.Accumulate(start, _pass.Sets.Range(into.Tasks), cotangents);
        if (release) _pass.ReleaseAllBut([output]);
        _pass.Sweep();
    }

    /// <summary>
    /// The Jacobians of K outputs with respect to some inputs, <c>[K, ...input shape]</c> each. An output with more than one
    /// element contributes the gradient of its sum.
    /// </summary>
    /// <param name="outputs">K values recorded on this tape.</param>
    /// <param name="inputs">Leaves or intermediate values.</param>
    /// <param name="createGraph">Record the sweep, so that the result can be differentiated again.</param>
    public Tensor[] Gradients(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, bool createGraph = false)
    {
        var gradients = new Tensor[inputs.Length];
        Gradients(outputs, inputs, gradients, createGraph);
        return gradients;
    }

    /// <summary>As <see cref="Gradients(ReadOnlySpan{Tensor}, ReadOnlySpan{Tensor}, bool)"/>, into room of the caller, so that a warm step allocates nothing.</summary>
    /// <param name="outputs">K values recorded on this tape.</param>
    /// <param name="inputs">Leaves or intermediate values.</param>
    /// <param name="gradients">One tensor <c>[K, ...input shape]</c> per input, overwritten.</param>
    /// <param name="createGraph">Record the sweep, so that the result can be differentiated again.</param>
    /// <exception cref="TensorException">An output was not recorded on this tape, or there is not room for one gradient per input.</exception>
    public void Gradients(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, Span<Tensor> gradients, bool createGraph = false)
    {
        if (gradients.Length != inputs.Length) throw new TensorException($"Tape.Gradients: found room for {gradients.Length} gradients of {inputs.Length} inputs, expected one each.");
        _wanted.Clear();
        _starts.Clear();
        foreach (Tensor input in inputs) _wanted.Add(Find(input.Node) is { Index: >= 0 } node ? node : null);
        for (int k = 0; k < outputs.Length; k++)
        {
            if (Find(outputs[k].Node) is not { Index: >= 0 } node) throw new TensorException($"Tape: output {k} of shape {outputs[k].Shape} was not recorded on this tape.");
            _starts.Add(node);
        }

        _pass.Begin(createGraph);
        using var scope = new SweepScope(this, createGraph);
        foreach (Node? node in _wanted)
        {
            if (node is not null) _pass.Collect(node);
        }

        _pass.MarkNeeded(null);
        for (int k = 0; k < _starts.Count; k++) _pass.Promise(_starts[k], _pass.Sets.Single(k));
        _pass.Plan();
        for (int k = 0; k < _starts.Count; k++) _pass.Accumulate(_starts[k], _pass.Sets.Single(k), Tensor.Full(1f, _starts[k].Shape.Prepend(1)));
        _pass.Sweep();

        for (int i = 0; i < inputs.Length; i++)
        {
            Node? node = _wanted[i];
            int first = _wanted.IndexOf(node);
            gradients[i] = node is null ? Tensor.Zeros(inputs[i].Shape.Prepend(outputs.Length))
                : first < i ? gradients[first]
                : _pass.Take(node, outputs.Length);
            Adopt(gradients[i].Node);
        }
    }

    /// <summary>The gradient of one output with respect to one input, in the input's shape.</summary>
    public Tensor Gradient(Tensor output, Tensor input, bool createGraph = false)
        => Gradients([output], [input], createGraph)[0].Reshape(input.Shape);

    /// <summary>For every parameter, which of the losses reach it structurally: <c>reach[k, i]</c> for loss k and parameter i.</summary>
    public bool[,] Reach(ReadOnlySpan<Tensor> losses, ReadOnlySpan<Tensor> parameters)
    {
        bool[,] reach = new bool[losses.Length, parameters.Length];
        bool[] visited = new bool[_nodes.Count];
        for (int k = 0; k < losses.Length; k++)
        {
            Array.Clear(visited);
            Node start = OnTape(losses[k], $"loss {k}");
            visited[start.Index] = true;
            for (int i = start.Index; i >= 0; i--)
            {
                if (!visited[i]) continue;
                Node node = _nodes[i];
                for (int j = 0; j < node.InputCount; j++)
                {
                    if (node.Inputs[j].RequiresGradient) visited[node.Inputs[j].Index] = true;
                }
            }

            for (int p = 0; p < parameters.Length; p++) reach[k, p] = _aliases.TryGetValue(parameters[p].Node, out Node? alias) && visited[alias.Index];
        }

        return reach;
    }

    private void Sweep(ReadOnlySpan<Tensor> losses, ReadOnlySpan<double> weights, IGradientSink into, bool release = false, RepresentationGradients? stop = null)
    {
        for (int k = 0; k < losses.Length; k++)
        {
            if (losses[k].Shape.Length != 1) throw new TensorException($"Tape.Backward: loss {k} has shape {losses[k].Shape}, expected one element.");
            if (Find(losses[k].Node) is not { Index: >= 0 }) throw new TensorException($"Tape: loss {k} of shape {losses[k].Shape} was not recorded on this tape.");
        }

        into.Begin();
        _pass.Begin(createGraph: false);
        using var scope = new SweepScope(this, record: false);
        if (stop is not null) _pass.StopAt(_frontier);
        _pass.MarkNeeded(into);
        for (int k = 0; k < losses.Length; k++) _pass.Promise(OnTape(losses[k], "loss"), _pass.Sets.Single(weights.IsEmpty ? k : 0));
        _pass.Plan();
        for (int k = 0; k < losses.Length; k++)
        {
            float seed = weights.IsEmpty ? 1f : (float)weights[k];
            _pass.Accumulate(OnTape(losses[k], "loss"), _pass.Sets.Single(weights.IsEmpty ? k : 0), Tensor.Full(seed, losses[k].Shape.Prepend(1)));
        }

        if (release) _pass.ReleaseAllBut(losses);
        _pass.Sweep();
        into.End();
        if (stop is null) return;
        foreach (Node node in _frontier) stop.Add(node, _pass.Take(node, losses.Length));
    }
}
