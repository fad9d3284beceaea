using Polymath.Merging.Checkpoints;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    private string Shards(string index = """{"metadata": {"total_size": 12}, "weight_map": {"b": "two.safetensors", "a": "one.safetensors", "c": "two.safetensors"}}""")
    {
        string folder = Directory.CreateDirectory(Path.Combine(_models.Folder, "S")).FullName;
        new SafetensorsWriter().Add("a", [1], [1f]).Save(Path.Combine(folder, "one.safetensors"));
        new SafetensorsWriter().Add("b", [1], [2f]).Add("c", [1], [3f]).Save(Path.Combine(folder, "two.safetensors"));
        File.WriteAllText(Path.Combine(folder, "model.safetensors.index.json"), index);
        return folder;
    }

    [Fact]
    public void Shards_are_one_model()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Shards());
        float[] value = new float[1];
        checkpoint.Find("c")!.Read(0, value);
        Assert.Equal(["a", "b", "c"], checkpoint.Names);
        Assert.Equal(3f, value[0]);
        Assert.Equal(2, checkpoint.PositionOf("c"));
        Assert.Null(checkpoint.Find("d"));
        Assert.Equal(3, checkpoint.Files.Count);
    }

    [Theory]
    [InlineData("""{"weight_map": {"a": "three.safetensors"}}""", "shard 'three.safetensors' of model.safetensors.index.json is missing")]
    [InlineData("""{"weight_map": {"a": "two.safetensors"}}""", "says that tensor 'a' is in shard 'two.safetensors', but the shard does not hold it")]
    [InlineData("""{"weight_map": {"a": "../S/one.safetensors"}}""", "tensor 'a' has the shard '../S/one.safetensors', expected the name of a file in the same folder")]
    [InlineData("""{"weight_map": []}""", "there is no 'weight_map'")]
    [InlineData("""{"weight_map": {""", "not valid JSON")]
    [InlineData("[]", "expected a JSON object")]
    [InlineData("""{"weight_map": {}}""", "holds no tensors")]
    public void An_index_that_is_wrong_is_refused(string index, string expected)
        => Assert.Contains(expected, Assert.Throws<MergeException>(() => Checkpoint.Open(Shards(index))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_truncated_shard_is_refused()
    {
        string folder = Shards(), shard = Path.Combine(folder, "two.safetensors");
        byte[] bytes = File.ReadAllBytes(shard);
        File.WriteAllBytes(shard, bytes[..^1]);
        Assert.Contains("two.safetensors", Assert.Throws<MergeException>(() => Checkpoint.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_adapter_is_no_model()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_models.Folder, "L")).FullName;
        new SafetensorsWriter().Add("a", [1], [1f]).Save(Path.Combine(folder, "adapter_model.safetensors"));
        File.WriteAllText(Path.Combine(folder, "adapter_config.json"), "{}");
        Assert.Contains("is an adapter", Assert.Throws<MergeException>(() => Checkpoint.Open(folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_a_model_without_configuration()
    {
        using Checkpoint checkpoint = Checkpoint.Open(Path.Combine(Shards(), "one.safetensors"));
        Assert.Null(checkpoint.Config);
        Assert.Null(checkpoint.Folder);
        Assert.Equal(["a"], checkpoint.Names);
    }
}
