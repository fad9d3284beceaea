using System.Text;
using Polymath.Merging.Checkpoints;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

public sealed class TorchFileTests : IDisposable
{
    // torch.save of {a: arange(6) float32 [2, 3], t: a.t(), h: [1.5, -2] float16, b: [1.5, -2] bfloat16, i: tensor(7), d: [0.1] float64, p: Parameter([3])}
    // with and without _use_new_zipfile_serialization (PyTorch 1.13).
    private const string Archive =
        "UEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAQABIAYXJjaGl2ZS9kYXRhLnBrbEZCDgBaWlpaWlpaWlpaWlpaWoACY2NvbGxlY3Rpb25zCk9yZGVyZWREaWN0CnEAKVJxAShYAQAAAGFxAmN0b3JjaC5fdXRpbHMKX3JlYnVpbGRfdGVuc29yX3YyCnEDKChYBwAAAHN0"
        + "b3JhZ2VxBGN0b3JjaApGbG9hdFN0b3JhZ2UKcQVYAQAAADBxBlgDAAAAY3B1cQdLBnRxCFFLAEsCSwOGcQlLA0sBhnEKiWgAKVJxC3RxDFJxDVgBAAAAdHEOaAMoKGgEaAVoBmgHSwZ0cQ9RSwBLA0sChnEQSwFLA4ZxEYloAClScRJ0cRNScRRYAQAAAGhxFWgDKCho"
        + "BGN0b3JjaApIYWxmU3RvcmFnZQpxFlgBAAAAMXEXaAdLAnRxGFFLAEsChXEZSwGFcRqJaAApUnEbdHEcUnEdWAEAAABicR5oAygoaARjdG9yY2gKQkZsb2F0MTZTdG9yYWdlCnEfWAEAAAAycSBoB0sCdHEhUUsASwKFcSJLAYVxI4loAClScSR0cSVScSZYAQAAAGlx"
        + "J2gDKChoBGN0b3JjaApMb25nU3RvcmFnZQpxKFgBAAAAM3EpaAdLAXRxKlFLACkpiWgAKVJxK3RxLFJxLVgBAAAAZHEuaAMoKGgEY3RvcmNoCkRvdWJsZVN0b3JhZ2UKcS9YAQAAADRxMGgHSwF0cTFRSwBLAYVxMksBhXEziWgAKVJxNHRxNVJxNlgBAAAAcHE3Y3Rv"
        + "cmNoLl91dGlscwpfcmVidWlsZF9wYXJhbWV0ZXIKcThoAygoaARoBVgBAAAANXE5aAdLAXRxOlFLAEsBhXE7SwGFcTyJaAApUnE9dHE+UnE/iGgAKVJxQIdxQVJxQnUuUEsHCOoiakZ4AgAAeAIAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAADgAMAGFyY2hpdmUv"
        + "ZGF0YS8wRkIIAFpaWlpaWlpaAAAAAAAAgD8AAABAAABAQAAAgEAAAKBAUEsHCBeQ55EYAAAAGAAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAADgAsAGFyY2hpdmUvZGF0YS8xRkIoAFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWloAPgDA"
        + "UEsHCDbV1ZQEAAAABAAAAFBLAwQAAAgIAAAAAAAAAAAAAAAAAAAAAAAADgBAAGFyY2hpdmUvZGF0YS8yRkI8AFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWsA/AMBQSwcIB1Fa4wQAAAAEAAAAUEsDBAAA"
        + "CAgAAAAAAAAAAAAAAAAAAAAAAAAOAEAAYXJjaGl2ZS9kYXRhLzNGQjwAWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaBwAAAAAAAABQSwcIcNbnbwgAAAAIAAAAUEsDBAAACAgAAAAAAAAAAAAAAAAAAAAA"
        + "AAAOADwAYXJjaGl2ZS9kYXRhLzRGQjgAWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlqamZmZmZm5P1BLBwjIU6b2CAAAAAgAAABQSwMEAAAICAAAAAAAAAAAAAAAAAAAAAAAAA4APABhcmNoaXZlL2RhdGEvNUZC"
        + "OABaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWgAAQEBQSwcIidHhpwQAAAAEAAAAUEsDBAAACAgAAAAAAAAAAAAAAAAAAAAAAAAPAD8AYXJjaGl2ZS92ZXJzaW9uRkI7AFpaWlpaWlpaWlpaWlpaWlpaWlpaWlpa"
        + "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaMwpQSwcI0Z5nVQIAAAACAAAAUEsBAgAAAAAICAAAAAAAAOoiakZ4AgAAeAIAABAAAAAAAAAAAAAAAAAAAAAAAGFyY2hpdmUvZGF0YS5wa2xQSwECAAAAAAgIAAAAAAAAF5DnkRgAAAAYAAAADgAAAAAA"
        + "AAAAAAAAAADIAgAAYXJjaGl2ZS9kYXRhLzBQSwECAAAAAAgIAAAAAAAANtXVlAQAAAAEAAAADgAAAAAAAAAAAAAAAAAoAwAAYXJjaGl2ZS9kYXRhLzFQSwECAAAAAAgIAAAAAAAAB1Fa4wQAAAAEAAAADgAAAAAAAAAAAAAAAACUAwAAYXJjaGl2ZS9kYXRhLzJQSwEC"
        + "AAAAAAgIAAAAAAAAcNbnbwgAAAAIAAAADgAAAAAAAAAAAAAAAAAUBAAAYXJjaGl2ZS9kYXRhLzNQSwECAAAAAAgIAAAAAAAAyFOm9ggAAAAIAAAADgAAAAAAAAAAAAAAAACYBAAAYXJjaGl2ZS9kYXRhLzRQSwECAAAAAAgIAAAAAAAAidHhpwQAAAAEAAAADgAAAAAA"
        + "AAAAAAAAAAAYBQAAYXJjaGl2ZS9kYXRhLzVQSwECAAAAAAgIAAAAAAAA0Z5nVQIAAAACAAAADwAAAAAAAAAAAAAAAACUBQAAYXJjaGl2ZS92ZXJzaW9uUEsGBiwAAAAAAAAAHgMtAAAAAAAAAAAACAAAAAAAAAAIAAAAAAAAAOMBAAAAAAAAEgYAAAAAAABQSwYHAAAA"
        + "APUHAAAAAAAAAQAAAFBLBQYAAAAACAAIAOMBAAASBgAAAAA=";

    private const string Legacy =
        "gAKKCmz8nEb5IGqoUBkugAJN6QMugAJ9cQAoWBAAAABwcm90b2NvbF92ZXJzaW9ucQFN6QNYDQAAAGxpdHRsZV9lbmRpYW5xAohYCgAAAHR5cGVfc2l6ZXNxA31xBChYBQAAAHNob3J0cQVLAlgDAAAAaW50cQZLBFgEAAAAbG9uZ3EHSwR1dS6AAmNjb2xsZWN0aW9u"
        + "cwpPcmRlcmVkRGljdApxAClScQEoWAEAAABhcQJjdG9yY2guX3V0aWxzCl9yZWJ1aWxkX3RlbnNvcl92MgpxAygoWAcAAABzdG9yYWdlcQRjdG9yY2gKRmxvYXRTdG9yYWdlCnEFWAkAAAAxNTMxODczNjBxBlgDAAAAY3B1cQdLBk50cQhRSwBLAksDhnEJSwNLAYZx"
        + "ColoAClScQt0cQxScQ1YAQAAAHRxDmgDKChoBGgFWAkAAAAxNTMxODczNjBxD2gHSwZOdHEQUUsASwNLAoZxEUsBSwOGcRKJaAApUnETdHEUUnEVWAEAAABocRZoAygoaARjdG9yY2gKSGFsZlN0b3JhZ2UKcRdYCAAAADkxMjAzNTY4cRhoB0sCTnRxGVFLAEsChXEa"
        + "SwGFcRuJaAApUnEcdHEdUnEeWAEAAABicR9oAygoaARjdG9yY2gKQkZsb2F0MTZTdG9yYWdlCnEgWAgAAAA5MTIwNDIyNHEhaAdLAk50cSJRSwBLAoVxI0sBhXEkiWgAKVJxJXRxJlJxJ1gBAAAAaXEoaAMoKGgEY3RvcmNoCkxvbmdTdG9yYWdlCnEpWAkAAAAxNTM2"
        + "NjM2MTZxKmgHSwFOdHErUUsAKSmJaAApUnEsdHEtUnEuWAEAAABkcS9oAygoaARjdG9yY2gKRG91YmxlU3RvcmFnZQpxMFgJAAAAMTUzNjY0MjcycTFoB0sBTnRxMlFLAEsBhXEzSwGFcTSJaAApUnE1dHE2UnE3WAEAAABwcThjdG9yY2guX3V0aWxzCl9yZWJ1aWxk"
        + "X3BhcmFtZXRlcgpxOWgDKChoBGgFWAkAAAAxNTMxODQwNDhxOmgHSwFOdHE7UUsASwGFcTxLAYVxPYloAClScT50cT9ScUCIaAApUnFBh3FCUnFDdS6AAl1xAChYCQAAADE1MzE4NDA0OHEBWAkAAAAxNTMxODczNjBxAlgJAAAAMTUzNjYzNjE2cQNYCQAAADE1MzY2"
        + "NDI3MnEEWAgAAAA5MTIwMzU2OHEFWAgAAAA5MTIwNDIyNHEGZS4BAAAAAAAAAAAAQEAGAAAAAAAAAAAAAAAAAIA/AAAAQAAAQEAAAIBAAACgQAEAAAAAAAAABwAAAAAAAAABAAAAAAAAAJqZmZmZmbk/AgAAAAAAAAAAPgDAAgAAAAAAAADAPwDA";

    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    private string Write(byte[] bytes, string name = "model.bin")
    {
        string path = Path.Combine(_models.Folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static float[] Read(SourceTensor tensor)
    {
        float[] values = new float[tensor.Elements];
        tensor.Read(0, values);
        return values;
    }

    [Theory]
    [InlineData(Archive)]
    [InlineData(Legacy)]
    public void Both_forms_give_every_type_layout_and_parameter(string fixture)
    {
        using Checkpoint checkpoint = Checkpoint.Open(Write(Convert.FromBase64String(fixture)));
        Assert.Equal(["a", "t", "h", "b", "i", "d", "p"], checkpoint.Names);
        Assert.Equal([0f, 1f, 2f, 3f, 4f, 5f], Read(checkpoint.Find("a")!));
        Assert.Equal([0f, 3f, 1f, 4f, 2f, 5f], Read(checkpoint.Find("t")!));
        Assert.Equal([3, 2], checkpoint.Find("t")!.Shape);
        Assert.Equal([1.5f, -2f], Read(checkpoint.Find("h")!));
        Assert.Equal([1.5f, -2f], Read(checkpoint.Find("b")!));
        Assert.Equal([0.1f], Read(checkpoint.Find("d")!));
        Assert.Equal([3f], Read(checkpoint.Find("p")!));
        byte[] seven = new byte[8];
        checkpoint.Find("i")!.ReadBytes(0, seven);
        Assert.Equal(7, BitConverter.ToInt64(seven));
        Assert.Equal((SafetensorsType.BF16, SafetensorsType.I64, SafetensorsType.F64), (checkpoint.Find("b")!.Type, checkpoint.Find("i")!.Type, checkpoint.Find("d")!.Type));
    }

    [Fact]
    public void A_real_file_of_the_old_form_equals_its_safetensors_bit_by_bit()
    {
        using TorchFile file = TorchFile.Open(SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20-12fca82f.th"));
        using SafetensorsFile expected = SafetensorsFile.Open(SharedFiles.RequireData("resnet-cifar10-checkpoints", "resnet20.safetensors"));
        Assert.Equal(expected.Names.Order(StringComparer.Ordinal), file.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal));
        foreach (SourceTensor tensor in file.Tensors)
        {
            byte[] bytes = new byte[expected[tensor.Name].Bytes];
            tensor.ReadBytes(0, bytes);
            Assert.Equal(expected[tensor.Name].Shape, tensor.Shape);
            Assert.True(bytes.AsSpan().SequenceEqual(expected.Bytes(tensor.Name)), tensor.Name);
        }
    }

    [Theory]
    [InlineData("cposix\nsystem\n(X\u0004\0\0\0ruintR.", "asks for 'posix.system', which is not needed for tensors and may be harmful, so it is not read")]
    [InlineData("c__builtin__\neval\n(X\u0001\0\0\01tR.", "asks for '__builtin__.eval'")]
    [InlineData("(iposix\nsystem\n.", "is the instruction 0x69")]
    [InlineData("(X\u00ff\0\0\0", "damaged or cut off")]
    [InlineData("t.", "damaged or cut off")]
    [InlineData("}.", "is a pickle, but not one of PyTorch")]
    public void Nothing_in_a_pickle_is_run(string pickle, string expected)
    {
        string path = Write([0x80, 2, .. Encoding.Latin1.GetBytes(pickle)]);
        Assert.Contains(expected, Assert.Throws<MergeException>(() => TorchFile.Open(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hello", "is no PyTorch file")]
    [InlineData("PK\u0003\u0004", "the archive")]
    public void Other_files_are_refused(string content, string expected)
        => Assert.Contains(expected, Assert.Throws<MergeException>(() => Checkpoint.Open(Write(Encoding.Latin1.GetBytes(content), "x.pt"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Archive)]
    [InlineData(Legacy)]
    public void Damaged_and_cut_files_end_in_a_sentence(string fixture)
    {
        byte[] whole = Convert.FromBase64String(fixture);
        var random = new Random(1);
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = i % 4 == 0 ? whole[..random.Next(whole.Length)] : (byte[])whole.Clone();
            for (int change = random.Next(3); change >= 0 && bytes.Length > 0; change--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = Write(bytes);
            try
            {
                using TorchFile file = TorchFile.Open(path);
                Assert.All(file.Tensors.Where(tensor => tensor.IsFloatingPoint && tensor.Elements < 1 << 20), tensor => Assert.NotNull(Read(tensor)));
            }
            catch (MergeException exception)
            {
                Assert.Contains("model.bin", exception.Message, StringComparison.Ordinal);
            }
        }
    }
}
