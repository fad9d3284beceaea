using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Reproductions.RepMtl;

/// <summary>An encoder of four convolutions, 3 x 32 x 32 to Z = 32 x 8 x 8, and per task a head of three convolutions whose last one holds 4 x 4 pixels per location (sub-pixel convolution, Shi et al. 2016).</summary>
internal sealed class DenseNetwork : Module
{
    private const int Channels = 32, Factor = 4;
    private readonly ConvLayer[] _encoder;
    private readonly ConvLayer[][] _heads;
    private readonly DenseTask[] _tasks;

    public DenseNetwork(DenseTask[] tasks, RandomStream random)
    {
        _tasks = tasks;
        int[] inputs = [3, Channels, Channels, Channels], strides = [2, 1, 2, 1];
        _encoder = [.. inputs.Select((count, i) => Add($"encoder.{i}", new ConvLayer(count, Channels, strides[i], random.Derive($"encoder {i}"))))];
        _heads = [.. tasks.Select(task =>
        {
            int[] outputs = [Channels, Channels, task.Outputs * Factor * Factor];
            return (ConvLayer[])[.. outputs.Select((count, i) => Add($"{task.Name}.{i}", new ConvLayer(Channels, count, 1, random.Derive($"{task.Name} {i}"))))];
        })];
    }

    /// <summary>The tasks, in the order of the heads.</summary>
    public IReadOnlyList<DenseTask> Tasks => _tasks;

    /// <summary>Z, <c>[batch, 32, 8, 8]</c>.</summary>
    public Tensor Encode(Tensor images)
    {
        foreach (ConvLayer layer in _encoder) images = layer.Forward(images).Relu();
        return images;
    }

    /// <summary>The answer of one head, <c>[batch, outputs, 32, 32]</c>.</summary>
    public Tensor Answer(Tensor z, int task)
    {
        ConvLayer[] head = _heads[task];
        for (int i = 0; i < head.Length - 1; i++) z = head[i].Forward(z).Relu();
        Tensor blocks = head[^1].Forward(z);
        int batch = blocks.Shape[0], outputs = _tasks[task].Outputs, height = blocks.Shape[2], width = blocks.Shape[3];
        return blocks.Reshape(batch, outputs, Factor, Factor, height, width).Permute(0, 1, 4, 2, 5, 3).Reshape(batch, outputs, height * Factor, width * Factor);
    }
}
