using System.Runtime.InteropServices;

namespace Polymath.Tensors;

/// <summary>
/// Every operation applied while a tape is open, in order, whether or not gradients are wanted: what an exporter walks to write a network
/// down for another runtime. Values stay readable until the tape is reset.
/// </summary>
internal sealed class OperationTrace
{
    private readonly List<Step> _steps = [];

    /// <summary>The operations so far.</summary>
    public IReadOnlyList<Step> Steps => _steps;

    /// <summary>Notes one operation; called when its result is complete.</summary>
    public void Add(Op op, Node result, ReadOnlySpan<Node> inputs) => _steps.Add(new Step(op, result, inputs.ToArray(), Fingerprint(result)));

    /// <summary>The first operation whose result was written to after it was computed, which no other runtime would see; null when there is none.</summary>
    public Step? FindRewritten()
    {
        foreach (Step step in _steps)
        {
            if (Fingerprint(step.Result) != step.Fingerprint) return step;
        }

        return null;
    }

    private static int Fingerprint(Node node)
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(node.Span));
        return hash.ToHashCode();
    }

    /// <summary>One operation.</summary>
    /// <param name="Op">Its rule, which says what it is.</param>
    /// <param name="Result">What it gave; its attributes are on this node.</param>
    /// <param name="Inputs">What it was given, in the order of the rule.</param>
    /// <param name="Fingerprint">Of the values it gave.</param>
    internal sealed record Step(Op Op, Node Result, Node[] Inputs, int Fingerprint);
}
