using System.Numerics;

namespace Polymath.Tensors;

/// <summary>
/// Arrays for nodes with many inputs. They belong to the tape and not to the node that needed one first: another node may play that part in
/// the next step, and a warmed-up step must find its arrays.
/// </summary>
internal sealed class InputArrays
{
    // By the power of two that is their length.
    private readonly Stack<Node[]>[] _free = [.. Enumerable.Range(0, 31).Select(_ => new Stack<Node[]>())];

    public Node[] Rent(int length)
    {
        int power = BitOperations.Log2((uint)length - 1) + 1;
        return _free[power].TryPop(out Node[]? array) ? array : new Node[1 << power];
    }

    public void Return(Node[] array) => _free[BitOperations.Log2((uint)array.Length)].Push(array);
}
