using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Polymath.Data;

namespace Polymath.Tests;

public sealed class MatlabSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_matrix_reads_row_by_row_packed_or_not(bool compressed)
    {
        string path = _folder.Write("m.mat", [.. Header(), .. Matrix("data", 2, [1, 2, 3, 4.5, double.NaN, 6], compressed)]);
        Table table = Table.Read(path, new ReadOptions { ColumnNames = ["a", "b", "c"] });
        Assert.Equal((2, 3), (table.Rows, table.Columns.Count));
        Assert.Equal(["3", "4.5"], Enumerable.Range(0, 2).Select(table["b"].Text));
        Assert.True(table["c"].IsMissing(0));
    }

    [Fact]
    public void One_of_several_matrices_is_picked_by_name()
    {
        string path = _folder.Write("m.mat", [.. Header(), .. Matrix("first", 1, [1], false), .. Matrix("second", 1, [2], true)]);
        Assert.Equal("2", Table.Read($"{path}#second")["c1"].Text(0));
        Expect.Sentence(() => Table.Read(path), "m.mat", "2 matrices", "first, second");
        Expect.Sentence(() => Table.Read($"{path}#secnd"), "'secnd'", "did you mean 'second'?");
    }

    [Fact]
    public void Mistakes_are_one_sentence_each()
    {
        byte[] whole = [.. Header(), .. Matrix("data", 2, [1, 2, 3, 4], false)];
        Expect.Sentence(() => Table.Read(_folder.PathOf("none.mat")), "none.mat", "no such file");
        Expect.Sentence(() => Table.Read(_folder.Write("text.mat", "a,b\n1,2\n")), "text.mat", "not a little-endian MATLAB");
        Expect.Sentence(() => Table.Read(_folder.Write("cut.mat", whole[..^20])), "cut.mat", "cut off");
        Expect.Sentence(() => Table.Read(_folder.Write("m.mat", whole), new ReadOptions { ColumnNames = ["a"] }), "2 columns", "expected 1");
        Expect.Sentence(() => Table.Read(_folder.Write("empty.mat", Header())), "no real numeric matrix");
    }

    private static byte[] Header()
    {
        byte[] header = new byte[128];
        Encoding.ASCII.GetBytes("MATLAB 5.0 MAT-file").CopyTo(header, 0);
        (header[125], header[126], header[127]) = (1, (byte)'I', (byte)'M');
        return header;
    }

    private static byte[] Matrix(string name, int rows, double[] columnMajor, bool compressed)
    {
        byte[] values = [.. columnMajor.SelectMany(BitConverter.GetBytes)];
        byte[] body =
        [
            .. Element(6, [.. Words(6, 0)]),
            .. Element(5, [.. Words(rows, columnMajor.Length / rows)]),
            .. Element(1, Encoding.ASCII.GetBytes(name)),
            .. Element(9, values),
        ];
        byte[] matrix = Element(14, body);
        if (!compressed) return matrix;
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest)) zlib.Write(matrix);
        return [.. Words(15, (int)packed.ToArray().Length), .. packed.ToArray()];
    }

    private static byte[] Element(int type, byte[] data) => [.. Words(type, data.Length), .. data, .. new byte[(8 - (data.Length % 8)) % 8]];

    private static byte[] Words(int first, int second)
    {
        byte[] words = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(words, first);
        BinaryPrimitives.WriteInt32LittleEndian(words.AsSpan(4), second);
        return words;
    }
}
