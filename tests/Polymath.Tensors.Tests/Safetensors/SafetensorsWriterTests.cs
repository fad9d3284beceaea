using System.Text;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Safetensors;

public sealed class SafetensorsWriterTests
{
    [Fact]
    public void Tensors_are_sorted_by_type_descending_and_then_by_name()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter()
            .Add("z", [1], [1f], SafetensorsType.F16)
            .Add("b", [1], [1f])
            .Add("a", [1], [1f])
            .Add("flag", [1], [1L], SafetensorsType.Bool)
            .Add("ids", [1], [1L])
            .Add("d", [1], [1f], SafetensorsType.F64)
            .Add("h", [1], [1f], SafetensorsType.BF16)
            .Save(folder["sorted.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["sorted.safetensors"]);
        Assert.Equal(["ids", "d", "a", "b", "h", "z", "flag"], file.Names);
        Assert.Equal(0, file["ids"].Offset % 8);
    }

    [Fact]
    public void The_order_of_adding_does_not_change_the_bytes()
    {
        using MemoryStream one = new(), two = new();
        SafetensorsEntry[] entries = [.. Enumerable.Range(0, 9).Select(i => SafetensorsEntry.FromFloat32($"t{i}", [1], new float[] { i }, i % 2 == 0 ? SafetensorsType.F32 : SafetensorsType.F16))];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["author"] = "a" };
        SafetensorsWriter.Write(one, entries, metadata);
        SafetensorsWriter.Write(two, entries.Reverse(), metadata.Reverse().ToDictionary());
        Assert.Equal(one.ToArray(), two.ToArray());
    }

    [Fact]
    public void Metadata_comes_first_and_the_header_is_padded()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsEntry.FromFloat32("x\"\u00e9\n", [], new float[] { 1 })], new Dictionary<string, string> { ["format"] = "pt" });
        byte[] bytes = stream.ToArray();
        ulong header = BitConverter.ToUInt64(bytes);
        Assert.Equal(0UL, header % 8);
        Assert.StartsWith("{\"__metadata__\":{\"format\":\"pt\"},\"x\\\"\u00e9\\n\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}", Encoding.UTF8.GetString(bytes, 8, (int)header), StringComparison.Ordinal);
    }

    // Expected bits: the halfway cases of round-to-nearest-even, worked out by hand from the formats' mantissa widths (7 and 10 bits).
    [Theory]
    [InlineData(SafetensorsType.BF16, 0x3F808000u, 0x3F80)] // halfway, kept part even: down
    [InlineData(SafetensorsType.BF16, 0x3F818000u, 0x3F82)] // halfway, kept part odd: up
    [InlineData(SafetensorsType.BF16, 0x3F808001u, 0x3F81)]
    [InlineData(SafetensorsType.BF16, 0x7F7FFFFFu, 0x7F80)] // the largest single rounds to infinity
    [InlineData(SafetensorsType.BF16, 0xFF800000u, 0xFF80)]
    [InlineData(SafetensorsType.BF16, 0x7F800001u, 0x7FC0)] // NaN stays NaN
    [InlineData(SafetensorsType.BF16, 0x80000000u, 0x8000)]
    [InlineData(SafetensorsType.F16, 0x3F801000u, 0x3C00)]
    [InlineData(SafetensorsType.F16, 0x3F803000u, 0x3C02)]
    [InlineData(SafetensorsType.F16, 0x477FF000u, 0x7C00)] // 65520 is halfway to the next power: infinity
    [InlineData(SafetensorsType.F16, 0x477FEFFFu, 0x7BFF)]
    [InlineData(SafetensorsType.F16, 0x33000000u, 0x0000)] // half of the smallest subnormal: to even, zero
    [InlineData(SafetensorsType.F16, 0x33000001u, 0x0001)]
    public void Narrowing_rounds_to_nearest_even(SafetensorsType type, uint bits, int expected)
    {
        using var stream = new MemoryStream();
        float value = BitConverter.UInt32BitsToSingle(bits);
        SafetensorsWriter.Write(stream, [SafetensorsEntry.FromFloat32("a", [17], Enumerable.Repeat(value, 17).ToArray(), type)]);
        byte[] data = stream.ToArray()[^34..];
        Assert.All(Enumerable.Range(0, 17), i => Assert.Equal(expected, BitConverter.ToUInt16(data, 2 * i)));
    }

    [Fact]
    public void Wrong_entries_are_refused_and_nothing_is_left_behind()
    {
        using var folder = new TemporaryFolder();
        string path = folder["out.safetensors"];
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [2], [1f]));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [-1], [1f]));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1], [1f], SafetensorsType.I32));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1], [128L], SafetensorsType.I8));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1], [1L], SafetensorsType.F32));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("a", [1], [1f]).Add("a", [1], [1L]).Save(path));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("__metadata__", [1], [1f]).Save(path));
        Assert.Throws<ArgumentException>(() => new SafetensorsWriter().Add("\ud800", [1], [1f]).Save(path));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [SafetensorsEntry.FromBytes("a", SafetensorsType.F4, [3], new byte[2])]));
        Assert.Throws<InvalidOperationException>(() => SafetensorsWriter.Write(path, [SafetensorsEntry.FromBytes("a", SafetensorsType.U8, [3], new byte[2])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Write(path, [], new Dictionary<string, string> { ["big"] = new string('x', 100_000_001) }));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void A_failed_write_keeps_the_old_file_and_removes_the_temporary_one()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.safetensors"];
        new SafetensorsWriter().Add("a", [1], [1f]).Save(path);
        byte[] before = File.ReadAllBytes(path);
        SafetensorsEntry[] failing = [new("b", SafetensorsType.U8, [10], stream =>
        {
            stream.Write(new byte[5]);
            throw new IOException("No space left on device");
        })];
        Assert.Equal("No space left on device", Assert.Throws<IOException>(() => SafetensorsWriter.Write(path, failing)).Message);
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(["model.safetensors"], folder.Files);
    }

    [Fact]
    public void Writing_over_a_folder_is_refused()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["taken"]);
        Assert.Throws<UnauthorizedAccessException>(() => new SafetensorsWriter().Save(folder["taken"]));
        Assert.Throws<DirectoryNotFoundException>(() => new SafetensorsWriter().Save(Path.Combine(folder["none"], "a.safetensors")));
        Assert.Empty(folder.Files);
    }

    [Fact]
    public void An_empty_file_holds_no_tensors()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter { Metadata = { ["format"] = "pt" } }.Save(folder["empty.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["empty.safetensors"]);
        Assert.Empty(file.Names);
        Assert.Equal("pt", file.Metadata["format"]);
    }
}
