using Polymath.Tensors.Safetensors;

namespace Polymath.Tests.Safetensors;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("[]", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{} {}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":3}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F31\",\"shape\":[],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"f32\",\"shape\":[],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-0],\"data_offsets\":[0,0]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1e0],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"\\ud800\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"__metadata__\":{\"a\":1}}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"__metadata__\":null,\"__metadata__\":null}", SafetensorsErrorKind.InvalidHeaderDeserialization)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.DuplicateKey)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}", SafetensorsErrorKind.InvalidOffset)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}", SafetensorsErrorKind.InvalidOffset)]
    [InlineData("{\"a\":{\"dtype\":\"F4\",\"shape\":[3],\"data_offsets\":[0,1]}}", SafetensorsErrorKind.MisalignedSlice)]
    [InlineData("{\"a\":{\"dtype\":\"F6_E2M3\",\"shape\":[2],\"data_offsets\":[0,1]}}", SafetensorsErrorKind.MisalignedSlice)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0,18446744073709551615],\"data_offsets\":[0,0]}}", SafetensorsErrorKind.ValidationOverflow)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,4]}}", SafetensorsErrorKind.TensorInvalidInfo)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", SafetensorsErrorKind.MetadataIncompleteBuffer)]
    public void A_broken_header_is_refused_with_its_kind(string header, SafetensorsErrorKind kind)
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("broken.safetensors", header, 1, 2, 3, 4);
        SafetensorsException error = Assert.Throws<SafetensorsException>(() => SafetensorsFile.Open(path));
        Assert.Equal(kind, error.Kind);
        Assert.Equal(path, error.Path);
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", error.Message, StringComparison.Ordinal);
        if (error.TensorName is not null) Assert.Contains($"'{error.TensorName}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"__metadata__\":null,\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]}}")]
    [InlineData("\n {\"b\":{\"dtype\":\"U8\",\"shape\":[2,1],\"data_offsets\":[2,4]},\"a\":{\"data_offsets\":[0,2],\"shape\":[2],\"note\":{\"x\":[1]},\"dtype\":\"F8_E8M0\"}} ")]
    [InlineData("{\"a\":{\"dtype\":\"F6_E3M2\",\"shape\":[4],\"data_offsets\":[0,3]},\"b\":{\"dtype\":\"F4\",\"shape\":[2],\"data_offsets\":[3,4]},\"c\":{\"dtype\":\"I64\",\"shape\":[0],\"data_offsets\":[4,4]}}")]
    public void What_the_reference_allows_is_read(string header)
    {
        using var folder = new TemporaryFolder();
        using SafetensorsFile file = SafetensorsFile.Open(folder.Write("fine.safetensors", header, 1, 2, 3, 4));
        Assert.Equal([1, 2, 3, 4], file.Names.SelectMany(name => file.Bytes(name).ToArray()));
        Assert.Equal("a", file.Names[0]);
        Assert.Empty(file.Metadata);
        Assert.All(file.Names, name => Assert.Equal(file.Length - 4, file[name].Offset - file.Names.TakeWhile(earlier => earlier != name).Sum(earlier => file[earlier].Bytes)));
    }

    [Fact]
    public void Every_type_name_is_parsed_and_wide_enough()
    {
        foreach (SafetensorsType type in Enum.GetValues<SafetensorsType>())
        {
            Assert.True(SafetensorsTypes.TryParse(type.HeaderName(), out SafetensorsType parsed));
            Assert.Equal(type, parsed);
            Assert.InRange(type.Bits(), 4, 64);
        }
    }

    [Fact]
    public void Half_of_a_tensor_can_be_read_as_singles_doubles_and_integers()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("n", [6], [1L, -2, 3, -4, 5, -6], SafetensorsType.I16).Save(folder["n.safetensors"]);
        using SafetensorsFile file = SafetensorsFile.Open(folder["n.safetensors"]);
        float[] singles = new float[2];
        double[] doubles = new double[2];
        long[] integers = new long[2];
        file.ReadFloat32("n", 3, singles);
        file.ReadFloat64("n", 3, doubles);
        file.ReadInt64("n", 3, integers);
        Assert.Equal([-4f, 5f], singles);
        Assert.Equal([-4.0, 5.0], doubles);
        Assert.Equal([-4L, 5L], integers);
        Assert.Equal(4, file.Bytes("n", 2, 4).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32("n", 5, singles));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.ReadFloat32("n", -1, singles));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Bytes("n", 10, 4).Length);
        Assert.Throws<ArgumentException>(() => file.ReadFloat32("n", singles));
    }

    [Fact]
    public void A_missing_tensor_and_a_type_that_has_no_number_say_so()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("f8.safetensors", "{\"scale\":{\"dtype\":\"F8_E4M3\",\"shape\":[2],\"data_offsets\":[0,2]}}", 1, 2);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsException missing = Assert.Throws<SafetensorsException>(() => file["weight"]);
        Assert.Equal((SafetensorsErrorKind.TensorNotFound, "weight"), (missing.Kind, missing.TensorName));
        Assert.Contains("'scale'", missing.Message, StringComparison.Ordinal);
        Assert.Equal(SafetensorsErrorKind.UnsupportedConversion, Assert.Throws<SafetensorsException>(() => file.ReadFloat32("scale", new float[2])).Kind);
        Assert.Equal(SafetensorsErrorKind.UnsupportedConversion, Assert.Throws<SafetensorsException>(() => file.ReadInt64("scale", new long[2])).Kind);
    }

    [Fact]
    public void Reading_after_dispose_throws()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("a", [1], [1f]).Save(folder["a.safetensors"]);
        SafetensorsFile file = SafetensorsFile.Open(folder["a.safetensors"]);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Bytes("a").Length);
        Assert.Throws<ObjectDisposedException>(() => file.ReadFloat32("a", new float[1]));
    }

    [Fact]
    public void A_missing_file_is_an_io_exception() => Assert.ThrowsAny<IOException>(() => SafetensorsFile.Open(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"))));

    [Fact]
    public void A_file_can_be_replaced_while_it_is_open()
    {
        using var folder = new TemporaryFolder();
        string path = folder["a.safetensors"];
        new SafetensorsWriter().Add("a", [1], [1f]).Save(path);
        using SafetensorsFile old = SafetensorsFile.Open(path);
        if (OperatingSystem.IsWindows()) return; // a mapped file cannot be replaced there
        new SafetensorsWriter().Add("a", [1], [2f]).Save(path);
        float[] value = new float[1];
        old.ReadFloat32("a", value);
        Assert.Equal(1f, value[0]);
        using SafetensorsFile renewed = SafetensorsFile.Open(path);
        renewed.ReadFloat32("a", value);
        Assert.Equal(2f, value[0]);
    }

    [Fact]
    public void A_file_that_becomes_shorter_while_open_gives_a_typed_error()
    {
        using var folder = new TemporaryFolder();
        string path = folder["shrinking.safetensors"];
        new SafetensorsWriter().Add("w", [4], new float[] { 1, 2, 3, 4 }).Save(path);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        using (FileStream shorter = new(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)) shorter.SetLength(file.Length - 8);
        SafetensorsException error = Assert.Throws<SafetensorsException>(() => file.ReadFloat32("w", new float[4]));
        Assert.Equal(SafetensorsErrorKind.MetadataIncompleteBuffer, error.Kind);
        Assert.Contains("ended at byte", error.Message, StringComparison.Ordinal);
    }
}
