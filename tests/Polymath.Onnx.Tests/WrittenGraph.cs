using Google.Protobuf;

namespace Polymath.Tests;

/// <summary>What a written file says, read back field by field with no knowledge of the writer.</summary>
internal sealed class WrittenGraph
{
    private const int Varint = 0, Fixed64 = 1, LengthDelimited = 2, Fixed32 = 5;

    private WrittenGraph()
    {
    }

    public long FormatVersion { get; private set; }

    public Dictionary<string, long> OperatorSets { get; } = [];

    public List<Node> Nodes { get; } = [];

    public List<(string Name, long[] Shape, long Type, long Elements)> Initializers { get; } = [];

    public List<string> Inputs { get; } = [];

    public List<string> Outputs { get; } = [];

    public static WrittenGraph Read(string path)
    {
        var graph = new WrittenGraph();
        foreach (Field field in Fields(ByteString.CopyFrom(File.ReadAllBytes(path))))
        {
            if (field.Number == 1) graph.FormatVersion = field.Integer;
            if (field.Number == 7) graph.ReadGraph(field.Bytes);
            if (field.Number == 8) graph.OperatorSets[Text(field.Bytes, 1)] = Fields(field.Bytes).Single(part => part.Number == 2).Integer;
        }

        return graph;
    }

    private void ReadGraph(ByteString bytes)
    {
        foreach (Field field in Fields(bytes))
        {
            switch (field.Number)
            {
                case 1: Nodes.Add(new Node(Texts(field.Bytes, 1), Texts(field.Bytes, 2), Text(field.Bytes, 3), Text(field.Bytes, 4), Text(field.Bytes, 7))); break;
                case 5: Initializers.Add(Tensor(field.Bytes)); break;
                case 11: Inputs.Add(Text(field.Bytes, 1)); break;
                case 12: Outputs.Add(Text(field.Bytes, 1)); break;
            }
        }
    }

    private static (string Name, long[] Shape, long Type, long Elements) Tensor(ByteString bytes)
    {
        List<Field> fields = [.. Fields(bytes)];
        long elements = 0;
        foreach (Field field in fields)
        {
            if (field.Number == 4) elements += field.Bytes.Length / sizeof(float);
            if (field.Number == 10) elements += field.Bytes.Length / sizeof(double);
            if (field.Number != 7) continue;
            CodedInputStream packed = field.Bytes.CreateCodedInput();
            for (; !packed.IsAtEnd; elements++) packed.ReadInt64();
        }

        return (Text(bytes, 8), [.. fields.Where(field => field.Number == 1).Select(field => field.Integer)], fields.Single(field => field.Number == 2).Integer, elements);
    }

    private static string Text(ByteString bytes, int number) => Texts(bytes, number).FirstOrDefault() ?? string.Empty;

    private static string[] Texts(ByteString bytes, int number) => [.. Fields(bytes).Where(field => field.Number == number).Select(field => field.Bytes.ToStringUtf8())];

    private static IEnumerable<Field> Fields(ByteString bytes)
    {
        CodedInputStream input = bytes.CreateCodedInput();
        while (!input.IsAtEnd)
        {
            uint tag = input.ReadTag();
            int number = (int)(tag >> 3);
            yield return (tag & 7) switch
            {
                Varint => new Field(number, input.ReadInt64(), ByteString.Empty),
                Fixed32 => new Field(number, input.ReadFixed32(), ByteString.Empty),
                Fixed64 => new Field(number, (long)input.ReadFixed64(), ByteString.Empty),
                LengthDelimited => new Field(number, 0, input.ReadBytes()),
                uint other => throw new InvalidOperationException($"wire type {other}"),
            };
        }
    }

    /// <summary>An operation.</summary>
    internal sealed record Node(string[] Inputs, string[] Outputs, string Name, string Operator, string Domain);

    private readonly record struct Field(int Number, long Integer, ByteString Bytes);
}
