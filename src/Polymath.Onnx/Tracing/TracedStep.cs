using Polymath.Tensors;

namespace Polymath.Onnx.Tracing;

/// <summary>One operation of the network, as every run saw it. An attribute must be the same in all runs, or a multiple of the rows.</summary>
internal sealed class TracedStep(OperationTrace.Step[] runs, int[] rows)
{
    /// <summary>The rule.</summary>
    public Op Op => runs[0].Op;

    /// <summary>What it gave.</summary>
    public TracedValue Result => Value([.. runs.Select(run => run.Result)]);

    /// <summary>Number of inputs.</summary>
    public int InputCount => runs[0].Inputs.Length;

    /// <summary>The category or sequence ids it reads, of every run; null when it reads none.</summary>
    public IndexTensor[]? Indices => runs[0].Result.Indices is null ? null : [.. runs.Select(run => run.Result.Indices!)];

    /// <summary>An input.</summary>
    public TracedValue Input(int index) => Value([.. runs.Select(run => run.Inputs[index])]);

    /// <summary>A value the rule keeps beside its inputs; null when it keeps none.</summary>
    public TracedValue? Saved(int index) => runs[0].Result.Saved[index] is null ? null : Value([.. runs.Select(run => run.Result.Saved[index]!)]);

    /// <summary>An integer of the rule that may follow the rows.</summary>
    public Dimension Number(Func<Node, int> of) => Dimension.Of([.. runs.Select(run => of(run.Result))], rows) ?? throw Varies();

    /// <summary>An integer of the rule.</summary>
    public int Integer(Func<Node, int> of) => Number(of) is { FollowsRows: false } number ? number.Fixed : throw Varies();

    /// <summary>A float of the rule.</summary>
    public float Single(Func<Node, float> of)
    {
        float first = of(runs[0].Result);
        return Array.TrueForAll(runs, run => BitConverter.SingleToInt32Bits(of(run.Result)) == BitConverter.SingleToInt32Bits(first)) ? first : throw Varies();
    }

    /// <summary>A list of integers of the rule.</summary>
    public int[] Integers(Func<Node, Shape> of)
    {
        int[] first = of(runs[0].Result).Axis.ToArray();
        return Array.TrueForAll(runs, run => of(run.Result).Axis.SequenceEqual(first)) ? first : throw Varies();
    }

    private OnnxException Varies() => new($"{Op.Name} with the result {runs[0].Result.Shape} is set differently for every batch, by its rows or by their values, which an ONNX graph cannot say; compute the setting with tensor operations.");

    private TracedValue Value(Node[] nodes)
    {
        int rank = nodes[0].Shape.Rank;
        if (!Array.TrueForAll(nodes, node => node.Shape.Rank == rank)) throw Varies();
        var shape = new Dimension[rank];
        for (int axis = 0; axis < rank; axis++) shape[axis] = Dimension.Of([.. nodes.Select(node => node.Shape[axis])], rows) ?? throw Varies();
        return new TracedValue(nodes, shape);
    }
}
