namespace Polymath.Tensors;

// The sweeps of gradient-balancing rules that need less than the K x P rows.
public sealed partial class Tape
{
    private readonly List<Node> _frontier = [];
    private int[] _reached = [], _lastLoss = [];

    /// <summary>The inner products of the gradients of K losses; the gradients themselves are dropped parameter by parameter.</summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="into">Overwritten; must be for K losses.</param>
    /// <exception cref="TensorException">A loss is not a scalar of this tape, or the number of losses differs.</exception>
    public void Backward(ReadOnlySpan<Tensor> losses, GradientGramian into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (into.Tasks != losses.Length) throw new TensorException($"Tape.Backward: {losses.Length} losses for inner products of {into.Tasks}.");
        Sweep(losses, default, into);
    }

    /// <summary>The gradient of the weighted sum of K losses with respect to the shared parameters only, in one row.</summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="weights">K weights.</param>
    /// <param name="into">Overwritten but for the parameters of single tasks, which are left alone; must have one row.</param>
    /// <param name="release">This is the last sweep of the record: values are given back as it passes them, and only the losses stay readable.</param>
    public void BackwardShared(ReadOnlySpan<Tensor> losses, ReadOnlySpan<double> weights, TaskGradients into, bool release = false)
    {
        ArgumentNullException.ThrowIfNull(into);
        into.SharedOnly = true;
        try
        {
            Backward(losses, weights, into, release);
        }
        finally
        {
            into.SharedOnly = false;
        }
    }

    /// <summary>The gradients of K losses with respect to the shared representation, and of the parameters that single tasks reach.</summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="into">Overwritten; must be for K losses.</param>
    /// <exception cref="TensorException">A loss is not a scalar of this tape, the number of losses differs, or the tasks share nothing.</exception>
    public void Backward(ReadOnlySpan<Tensor> losses, RepresentationGradients into)
    {
        ArgumentNullException.ThrowIfNull(into);
        if (into.Tasks != losses.Length) throw new TensorException($"Tape.Backward: {losses.Length} losses for representation gradients of {into.Tasks}.");
        FindFrontier(losses);
        if (_frontier.Count == 0) throw new TensorException($"Tape.Backward: the {losses.Length} losses share no value, so there is no shared representation.");
        into.Begin();
        Sweep(losses, default, into.Sink, stop: into);
    }

    /// <summary>Takes weights^T rows at the shared representation and sends it through the trunk once.</summary>
    /// <param name="representation">Filled by the sweep of the losses on this record.</param>
    /// <param name="weights">[K].</param>
    /// <param name="into">The gradient of the shared parameters, overwritten; must have one row. Parameters of single tasks are left alone.</param>
    /// <exception cref="TensorException">The numbers of weights or rows differ.</exception>
    public void Backward(RepresentationGradients representation, ReadOnlySpan<double> weights, TaskGradients into)
    {
        ArgumentNullException.ThrowIfNull(representation);
        if (weights.Length != representation.Tasks) throw new TensorException($"Tape.Backward: {weights.Length} weights for the representation gradients of {representation.Tasks} losses.");
        for (int i = 0; i < representation.PartCount; i++) representation.Mix(i, weights);
        Backward(representation, into);
    }

    /// <summary>Sends what was written to <see cref="RepresentationGradients.MixtureOf"/> of every part through the trunk once.</summary>
    /// <param name="representation">Filled by the sweep of the losses on this record, and mixed.</param>
    /// <param name="into">The gradient of the shared parameters, overwritten; must have one row. Parameters of single tasks are left alone.</param>
    /// <exception cref="TensorException">The number of rows differs.</exception>
    public void Backward(RepresentationGradients representation, TaskGradients into)
    {
        ArgumentNullException.ThrowIfNull(representation);
        ArgumentNullException.ThrowIfNull(into);
        if (into.Tasks != 1) throw new TensorException($"Tape.Backward: a mixture has one gradient row, found {into.Tasks}.");
        into.SharedOnly = true;
        try
        {
            into.Begin();
            _pass.Begin(createGraph: false);
            using var scope = new SweepScope(this, record: false);
            _pass.MarkNeeded(into);
            RowSet row = _pass.Sets.Single(0);
            for (int i = 0; i < representation.PartCount; i++) _pass.Promise(representation.NodeOf(i), row);
            _pass.Plan();
            for (int i = 0; i < representation.PartCount; i++) _pass.Accumulate(representation.NodeOf(i), row, representation.Mixture(i));
            _pass.Sweep();
            into.End();
        }
        finally
        {
            into.SharedOnly = false;
        }
    }

    /// <summary>
    /// What the gradients of K losses will cost in multiplications, as rows and as streamed inner products with one more weighted sweep.
    /// Nothing is computed; matrix products, convolutions and attention are counted by theirs, other operations by the size of their results.
    /// </summary>
    /// <param name="losses">K tensors of one element.</param>
    /// <param name="layout">The parameters whose gradients are wanted.</param>
    public GradientCost Cost(ReadOnlySpan<Tensor> losses, ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        _pass.Begin(createGraph: false);
        _pass.MarkNeeded(new CostProbe(layout));
        for (int k = 0; k < losses.Length; k++) _pass.Promise(OnTape(losses[k], "a loss"), _pass.Sets.Single(k));
        _pass.Plan();
        double rows = 0, streamed = 0, once = 0;
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_nodes[i].Op is not { } op || _pass.Promised(_nodes[i]) is not { } reached) continue;
            RuleCost one = op.Cost(_nodes[i], _pass);
            rows += reached.Count * one.Total;
            once += one.Total;
            streamed += reached.Count * one.Total;
            if (one.PrefersPairs(reached.Count)) streamed -= (reached.Count * one.Weight) - one.Pairs(reached.Count);
        }

        return new GradientCost(rows, streamed + once, (long)losses.Length * layout.SharedCount * sizeof(float));
    }

    /// <summary>The values that at least two losses reach and that are read by something only one of them reaches, or are a loss themselves.</summary>
    private void FindFrontier(ReadOnlySpan<Tensor> losses)
    {
        int count = _nodes.Count;
        MakeMarks(count);
        Array.Clear(_reached, 0, count);
        Array.Fill(_lastLoss, -1, 0, count);
        for (int k = 0; k < losses.Length; k++)
        {
            Node start = OnTape(losses[k], "a loss");
            Visit(start, k);
            for (int i = start.Index; i >= 0; i--)
            {
                if (_lastLoss[i] != k) continue;
                Node node = _nodes[i];
                for (int j = 0; j < node.InputCount; j++)
                {
                    if (node.Inputs[j].RequiresGradient) Visit(node.Inputs[j], k);
                }
            }
        }

        _frontier.Clear();
        for (int k = 0; k < losses.Length; k++) AddToFrontier(OnTape(losses[k], "a loss"));
        for (int i = count - 1; i >= 0; i--)
        {
            if (_reached[i] != 1) continue;
            Node node = _nodes[i];
            for (int j = 0; j < node.InputCount; j++)
            {
                if (node.Inputs[j].RequiresGradient) AddToFrontier(node.Inputs[j]);
            }
        }
    }

    private void MakeMarks(int count)
    {
        if (_reached.Length >= count) return;
        _reached = new int[Math.Max(count, 2 * _reached.Length)];
        _lastLoss = new int[_reached.Length];
    }

    private void Visit(Node node, int loss)
    {
        if (_lastLoss[node.Index] == loss) return;
        _lastLoss[node.Index] = loss;
        _reached[node.Index]++;
    }

    private void AddToFrontier(Node node)
    {
        if (_reached[node.Index] > 1 && !_frontier.Contains(node)) _frontier.Add(node);
    }

    /// <summary>Wants what <see cref="GradientGramian"/> wants and is never given anything: costs are counted without a sweep.</summary>
    private sealed class CostProbe(ParameterLayout layout) : IGradientSink
    {
        public bool Holds(Node leaf) => layout.TryFind(leaf, out _);

        public bool WantsWhole(Node leaf) => layout.TryFind(leaf, out ParameterLayout.Entry entry) && entry.Shared;

        public ParameterPlace Place(Node leaf, RowSet rows, int first) => throw new NotSupportedException();

        public void Accumulate(Node leaf, RowSet rows, Tensor gradient) => throw new NotSupportedException();

        public void Begin() => throw new NotSupportedException();

        public void End() => throw new NotSupportedException();
    }
}
