using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Onnx.Tracing;

/// <summary>
/// What a model computes, found out by running it on three batches of different rows and different numbers of rows and laying the records over
/// each other. What is the same in all is part of the model; what differs must come from the inputs by operations of the record, or the
/// model is refused: nothing of a batch can end up in the file.
/// </summary>
internal sealed class TracedNetwork : IDisposable
{
    // Primes that no width is likely to have, since a length counts as the number of rows when it follows it.
    private static readonly int[] RowCounts = [11, 13, 17];

    private readonly ForwardTrace[] _runs;
    private readonly bool[] _followsInput;

    private TracedNetwork(ForwardTrace[] runs)
    {
        _runs = runs;
        int count = runs[0].Steps.Count;
        bool same = Array.TrueForAll(runs, run => run.Steps.Count == count);
        for (int i = 0; same && i < count; i++) same = Array.TrueForAll(runs, run => ReferenceEquals(run.Steps[i].Op, runs[0].Steps[i].Op) && run.Steps[i].Inputs.Length == runs[0].Steps[i].Inputs.Length);
        if (!same) throw new OnnxException("the model applies other operations to other rows, which an ONNX graph cannot say; choose between values with Tensor.Where instead.");
        _followsInput = new bool[count];
        for (int i = 0; i < count; i++) _followsInput[i] = ReadsInput(i);
    }

    /// <summary>Number of operations.</summary>
    public int Count => _followsInput.Length;

    /// <summary>The batches the runs were given.</summary>
    public IReadOnlyList<ForwardTrace> Runs => _runs;

    /// <summary>Runs a model three times.</summary>
    /// <param name="model">Put into inference mode while it runs.</param>
    /// <param name="withLogits">Whether the model's own outputs are wanted beside the predictions.</param>
    /// <exception cref="OnnxException">The record shows something that a graph cannot say.</exception>
    public static TracedNetwork Of(TabularModel model, bool withLogits)
    {
        bool wasTraining = model.Training;
        var runs = new List<ForwardTrace>();
        try
        {
            model.Evaluate();
            foreach (int rows in RowCounts) runs.Add(new ForwardTrace(model, rows, withLogits));
            return new TracedNetwork([.. runs]);
        }
        catch
        {
            for (int i = runs.Count - 1; i >= 0; i--) runs[i].Dispose();
            throw;
        }
        finally
        {
            if (wasTraining) model.Train();
        }
    }

    /// <summary>An operation.</summary>
    public TracedStep Step(int index) => new([.. _runs.Select(run => run.Steps[index])], RowCounts);

    /// <summary>Whether an operation's result depends on the inputs; it is a constant otherwise.</summary>
    public bool FollowsInput(int index) => _followsInput[index];

    /// <summary>An output of the model.</summary>
    public TracedValue Output(int index)
    {
        Node[] nodes = [.. _runs.Select(run => run.Outputs[index])];
        return new TracedValue(nodes, [.. Enumerable.Range(0, nodes[0].Shape.Rank).Select(axis => Dimension.Of([.. nodes.Select(node => node.Shape[axis])], RowCounts) ?? throw new OnnxException($"output {index} has the shapes {string.Join(", ", nodes.Select(node => node.Shape))}, expected a row of it per row of the batch."))]);
    }

    /// <summary>The operation that gave a value, which must be the same in every run; -1 when none did.</summary>
    public int StepOf(TracedValue value)
    {
        int step = _runs[0].StepOf(value.Nodes[0]);
        for (int run = 1; run < _runs.Length; run++)
        {
            if (_runs[run].StepOf(value.Nodes[run]) != step) throw new OnnxException($"a value {value.ShapeText} comes from another operation for every batch, which an ONNX graph cannot say; choose between values with Tensor.Where instead.");
        }

        return step;
    }

    /// <summary>The operations that the outputs need, in order.</summary>
    public IReadOnlyList<int> Needed()
    {
        var needed = new bool[Count];
        for (int output = 0; output < _runs[0].Outputs.Length; output++) Mark(_runs[0].Outputs[output]);
        for (int i = Count - 1; i >= 0; i--)
        {
            if (!needed[i]) continue;
            foreach (Node read in Reads(_runs[0].Steps[i])) Mark(read);
        }

        return [.. Enumerable.Range(0, Count).Where(i => needed[i] && _followsInput[i])];

        void Mark(Node node)
        {
            int step = _runs[0].StepOf(node);
            if (step >= 0) needed[step] = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _runs.Length - 1; i >= 0; i--) _runs[i].Dispose();
    }

    /// <summary>Whether ids hold the same in every run.</summary>
    public static bool AreConstant(IndexTensor[] indices) => Array.TrueForAll(indices, one => one.Shape == indices[0].Shape && one.Span.SequenceEqual(indices[0].Span));

    private bool ReadsInput(int index)
    {
        OperationTrace.Step step = _runs[0].Steps[index];
        if (step.Result.Indices is not null && !AreConstant([.. _runs.Select(run => run.Steps[index].Result.Indices!)])) return true;
        foreach (Node read in Reads(step))
        {
            if (_runs[0].IsInput(read)) return true;
            int from = _runs[0].StepOf(read);
            if (from >= 0 && _followsInput[from]) return true;
        }

        return false;
    }

    private static IEnumerable<Node> Reads(OperationTrace.Step step) => step.Inputs.Concat(step.Result.Saved.OfType<Node>());
}
