using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Polymath.Merging.Checkpoints;

/// <summary>
/// Reads the pickles of PyTorch files without running anything: containers, numbers and texts are built, and of all the functions that a pickle may
/// call only those are known that make a tensor, a parameter or an ordered dictionary. Any other name is refused.
/// </summary>
/// <param name="path">The file, for messages.</param>
/// <param name="stream">Stands at the pickle's first byte; afterwards behind its last.</param>
internal sealed class PickleMachine(string path, Stream stream)
{
    private static readonly object Mark = new();
    private readonly List<object?> _stack = [];
    private readonly Dictionary<long, object?> _memo = [];

    /// <summary>Reads one pickle: long, BigInteger, double, bool, string, byte[], object[] (tuple), List (list), Dictionary, or what <see cref="TorchObjects"/> makes.</summary>
    /// <exception cref="MergeException">It is no pickle, is cut off, or calls a function that is not known.</exception>
    public object? Read()
    {
        _stack.Clear();
        _memo.Clear();
        try
        {
            while (true)
            {
                byte code = Bytes(1)[0];
                if (code == (byte)'.') return Pop();
                Step(code);
            }
        }
        catch (Exception exception) when (exception is IndexOutOfRangeException or InvalidCastException or KeyNotFoundException or EndOfStreamException or OverflowException or NullReferenceException or ArgumentException)
        {
            throw new MergeException($"{path}: the pickle is damaged or cut off at byte {stream.Position}.", exception);
        }
    }

    private void Step(byte code)
    {
        switch ((char)code)
        {
            case '\x80': Bytes(1); break;
            case '\x95': Bytes(8); break;
            case '}': Push(new Dictionary<object, object?>()); break;
            case ']' or '\x8f': Push(new List<object?>()); break;
            case ')': Push(Array.Empty<object?>()); break;
            case '(': Push(Mark); break;
            case 'N': Push(null); break;
            case '\x88': Push(true); break;
            case '\x89': Push(false); break;
            case 'J': Push((long)BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))); break;
            case 'K': Push((long)Bytes(1)[0]); break;
            case 'M': Push((long)BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2))); break;
            case '\x8a': PushInteger(Bytes(Bytes(1)[0])); break;
            case '\x8b': PushInteger(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4)))); break;
            case 'G': Push(BinaryPrimitives.ReadDoubleBigEndian(Bytes(8))); break;
            case 'X': Push(Text(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case '\x8c': Push(Text(Bytes(1)[0])); break;
            case '\x8d': Push(Text(BinaryPrimitives.ReadInt64LittleEndian(Bytes(8)))); break;
            case 'U': Push(Encoding.Latin1.GetString(Bytes(Bytes(1)[0]))); break;
            case 'T': Push(Encoding.Latin1.GetString(Bytes(BinaryPrimitives.ReadInt32LittleEndian(Bytes(4))))); break;
            case 'C': Push(Bytes(Bytes(1)[0])); break;
            case 'B': Push(Bytes(BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4)))); break;
            case 'q': _memo[Bytes(1)[0]] = Top; break;
            case 'r': _memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))] = Top; break;
            case '\x94': _memo[_memo.Count] = Top; break;
            case 'h': Push(_memo[Bytes(1)[0]]); break;
            case 'j': Push(_memo[BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4))]); break;
            case '0': Pop(); break;
            case '1': PopMark(); break;
            case '2': Push(Top); break;
            case 't': Push(PopMark()); break;
            case '\x85': Push(Pop(1)); break;
            case '\x86': Push(Pop(2)); break;
            case '\x87': Push(Pop(3)); break;
            case 'l': Push(PopMark().ToList()); break;
            case 'd': SetItems(new Dictionary<object, object?>(), PopMark(), push: true); break;
            case 'a': Append(Pop(1)); break;
            case 'e': Append(PopMark()); break;
            case 's': SetItems(null, Pop(2), push: false); break;
            case 'u': SetItems(null, PopMark(), push: false); break;
            case 'c': Push(new PickleGlobal($"{Line()}.{Line()}")); break;
            case '\x93': PushStackGlobal(); break;
            case 'R': Call(); break;
            case 'b': Build(); break;
            case 'Q': Push(TorchObjects.Storage(path, (object?[])Pop()!)); break;
            default: throw new MergeException($"{path}: byte {stream.Position - 1} of the pickle is the instruction 0x{code:X2}, which a file of tensors has no need of; it is not read.");
        }
    }

    private object? Top => _stack[^1];

    private void Push(object? value) => _stack.Add(value);

    private object? Pop()
    {
        object? value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return ReferenceEquals(value, Mark) ? throw new InvalidCastException() : value;
    }

    private object?[] Pop(int count)
    {
        object?[] values = new object?[count];
        for (int i = count - 1; i >= 0; i--) values[i] = Pop();
        return values;
    }

    private object?[] PopMark()
    {
        int mark = _stack.FindLastIndex(value => ReferenceEquals(value, Mark));
        object?[] values = [.. _stack[(mark + 1)..]];
        _stack.RemoveRange(mark, _stack.Count - mark);
        return values;
    }

    private void Append(object?[] values) => ((List<object?>)Top!).AddRange(values);

    private void SetItems(Dictionary<object, object?>? into, object?[] pairs, bool push)
    {
        Dictionary<object, object?> map = into ?? (Dictionary<object, object?>)Top!;
        for (int i = 0; i < pairs.Length; i += 2) map[pairs[i]!] = pairs[i + 1];
        if (push) Push(map);
    }

    private void PushStackGlobal()
    {
        object?[] names = Pop(2);
        Push(new PickleGlobal($"{(string)names[0]!}.{(string)names[1]!}"));
    }

    private void Call()
    {
        object?[] arguments = (object?[])Pop()!;
        Push(TorchObjects.Call(path, (PickleGlobal)Pop()!, arguments));
    }

    // The attributes of an ordered dictionary (its versions of layers) are of no use here.
    private void Build()
    {
        _ = Pop();
        if (Top is not Dictionary<object, object?>) throw new MergeException($"{path}: the pickle sets the attributes of an object that is no dictionary; it is not read.");
    }

    private byte[] Bytes(long count)
    {
        if (count < 0 || count > stream.Length - stream.Position) throw new EndOfStreamException();
        byte[] bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private string Text(long length) => new UTF8Encoding(false, true).GetString(Bytes(length));

    private string Line()
    {
        var line = new StringBuilder();
        while (Bytes(1)[0] is var next && next != '\n') line.Append((char)next);
        return line.ToString();
    }

    private void PushInteger(byte[] bytes)
    {
        var value = new BigInteger(bytes);
        if (bytes.Length <= 8) Push((long)value);
        else Push(value);
    }
}
