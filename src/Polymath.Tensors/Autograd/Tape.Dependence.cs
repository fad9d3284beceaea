namespace Polymath.Tensors;

// What the record says about which values depend on which.
public sealed partial class Tape
{
    /// <summary>Whether a value was computed from another by operations that have a gradient; a value depends on itself.</summary>
    /// <param name="output">A value recorded on this tape.</param>
    /// <param name="value">A leaf or an intermediate value; false when it was not recorded on this tape.</param>
    /// <exception cref="TensorException">The output was not recorded on this tape.</exception>
    public bool DependsOn(Tensor output, Tensor value)
    {
        Node start = OnTape(output, "an output");
        if (Find(value.Node) is not { Index: >= 0 } target) return false;
        MakeMarks(_nodes.Count);
        Array.Fill(_lastLoss, -1, 0, _nodes.Count);
        _lastLoss[start.Index] = 0;

        // A leaf is entered when it is first read, after the value that reads it; everything else lies before what depends on it.
        int first = target.Leaf is null ? target.Index : 0;
        for (int i = start.Index; i >= first; i--)
        {
            if (_lastLoss[i] != 0) continue;
            Node node = _nodes[i];
            for (int j = 0; j < node.InputCount; j++)
            {
                if (node.Inputs[j].RequiresGradient) _lastLoss[node.Inputs[j].Index] = 0;
            }
        }

        return _lastLoss[target.Index] == 0;
    }
}
