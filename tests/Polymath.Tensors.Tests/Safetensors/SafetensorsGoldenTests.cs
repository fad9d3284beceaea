using System.Text.Json;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Safetensors;

public sealed class SafetensorsGoldenTests
{
    public static TheoryData<string> ReaderFiles => SharedFiles.GoldenRows("merging-base", "safetensors_reader_unit_vectors");

    public static TheoryData<string> WriterFiles => SharedFiles.GoldenRows("merging-base", "safetensors_writer_vector");

    [Theory]
    [MemberData(nameof(ReaderFiles))]
    public void The_reader_gives_the_outcome_of_the_reference(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("merging-base", file)));
        Dictionary<string, string> expected = golden.RootElement.GetProperty("expected").GetProperty("results").EnumerateArray()
            .ToDictionary(row => row.GetProperty("name").GetString()!, row => row.GetProperty("result").GetString()!);
        using var folder = new TemporaryFolder();
        var wrong = new List<string>();
        foreach (JsonElement row in golden.RootElement.GetProperty("inputs").GetProperty("cases").EnumerateArray())
        {
            string name = row.GetProperty("name").GetString()!;
            string found = Outcome(folder.Write("case.safetensors", Convert.FromHexString(row.GetProperty("hex").GetString()!)));
            if (found != expected[name]) wrong.Add($"{name}: expected {expected[name]}, found {found}");
        }

        Assert.Empty(wrong);
        Assert.NotEmpty(expected);
    }

    [Theory]
    [MemberData(nameof(WriterFiles))]
    public void The_writer_gives_the_bytes_of_the_reference(string file)
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require("merging-base", file)));
        JsonElement inputs = golden.RootElement.GetProperty("inputs");
        long[] shape = [.. inputs.GetProperty("shape").EnumerateArray().Select(value => value.GetInt64())];
        float[] values = [.. inputs.GetProperty("values").EnumerateArray().Select(value => value.GetSingle())];
        Assert.True(SafetensorsTypes.TryParse(inputs.GetProperty("dtype").GetString()!, out SafetensorsType type));
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, [SafetensorsEntry.FromFloat32(inputs.GetProperty("name").GetString()!, shape, values, type)]);
        Assert.Equal(golden.RootElement.GetProperty("expected").GetProperty("hex").GetString(), Convert.ToHexStringLower(stream.ToArray()));
    }

    private static string Outcome(string path)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (string name in file.Names) _ = file.Bytes(name).Length;
            return "ok";
        }
        catch (SafetensorsException error)
        {
            return error.Kind.ToString();
        }
    }
}
