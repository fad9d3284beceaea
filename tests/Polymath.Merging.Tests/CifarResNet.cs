using System.IO.Compression;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>
/// The CIFAR-10 residual networks of He et al. 2015 (section 4.2), for inference: weights by their names in the checkpoint, shortcuts of kind A.
/// </summary>
internal static class CifarResNet
{
    private const int Side = 32, Pixels = Side * Side, Record = 1 + (3 * Pixels);
    private const float Epsilon = 1e-5f;
    private static readonly float[] s_mean = [0.485f, 0.456f, 0.406f], s_deviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Images [count, 3, 32, 32], normalised as in training, and their labels.</summary>
    /// <param name="path">A gzipped file in the binary format of CIFAR-10.</param>
    /// <param name="every">Takes every so many records.</param>
    public static (float[] Images, int[] Labels) Read(string path, int every)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress)) gzip.CopyTo(bytes);
        byte[] all = bytes.ToArray();
        int[] records = [.. Enumerable.Range(0, all.Length / Record).Where(record => record % every == 0)];
        float[] images = new float[records.Length * 3 * Pixels];
        for (int i = 0; i < records.Length; i++)
        {
            for (int at = 0; at < 3 * Pixels; at++) images[(i * 3 * Pixels) + at] = ((all[(records[i] * Record) + 1 + at] / 255f) - s_mean[at / Pixels]) / s_deviation[at / Pixels];
        }

        return (images, [.. records.Select(record => (int)all[record * Record])]);
    }

    /// <summary>The share of images whose largest logit is at their label.</summary>
    public static double Accuracy(ModelState state, float[] images, int[] labels)
    {
        const int Batch = 50;
        int right = 0;
        for (int start = 0; start < labels.Length; start += Batch)
        {
            int count = Math.Min(Batch, labels.Length - start);
            using var tape = new Tape();
            Tensor logits = Forward(state, Tensor.FromArray(images.AsSpan(start * 3 * Pixels, count * 3 * Pixels), count, 3, Side, Side));
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<float> row = logits.Span.Slice(i * 10, 10);
                int best = 0;
                for (int c = 1; c < 10; c++)
                {
                    if (row[c] > row[best]) best = c;
                }

                right += best == labels[start + i] ? 1 : 0;
            }
        }

        return (double)right / labels.Length;
    }

    private static Tensor Forward(ModelState state, Tensor x)
    {
        x = Normalised(state, "bn1", Fused.Conv2d(x, Weight(state, "conv1.weight"), padding: 1)).Relu();
        for (int layer = 1; layer <= 3; layer++)
        {
            for (int block = 0; state.Contains($"layer{layer}.{block}.conv1.weight"); block++)
            {
                string name = $"layer{layer}.{block}.";
                int stride = layer > 1 && block == 0 ? 2 : 1;
                Tensor y = Normalised(state, name + "bn1", Fused.Conv2d(x, Weight(state, name + "conv1.weight"), stride: stride, padding: 1)).Relu();
                y = Normalised(state, name + "bn2", Fused.Conv2d(y, Weight(state, name + "conv2.weight"), padding: 1));
                x = (y + (stride == 1 ? x : Shortcut(x))).Relu();
            }
        }

        Tensor pooled = x.Reshape(x.Shape[0], x.Shape[1], x.Shape[2] * x.Shape[3]).Mean(-1);
        return Fused.Linear(pooled, Weight(state, "linear.weight"), Weight(state, "linear.bias"));
    }

    // Every second pixel, and as many channels of zeros again, half before and half behind.
    private static Tensor Shortcut(Tensor x)
    {
        int batch = x.Shape[0], channels = x.Shape[1], side = x.Shape[2], half = side / 2;
        float[] values = new float[batch * 2 * channels * half * half];
        ReadOnlySpan<float> from = x.Span;
        for (int image = 0; image < batch; image++)
        {
            for (int channel = 0; channel < channels; channel++)
            {
                int source = ((image * channels) + channel) * side * side, target = ((image * 2 * channels) + (channels / 2) + channel) * half * half;
                for (int at = 0; at < half * half; at++) values[target + at] = from[source + (at / half * 2 * side) + (at % half * 2)];
            }
        }

        return Tensor.FromArray(values, batch, 2 * channels, half, half);
    }

    private static Tensor Normalised(ModelState state, string name, Tensor x)
    {
        Span<float> weight = state[name + ".weight"], bias = state[name + ".bias"], mean = state[name + ".running_mean"], variance = state[name + ".running_var"];
        float[] scale = new float[weight.Length], shift = new float[weight.Length];
        for (int i = 0; i < scale.Length; i++)
        {
            scale[i] = weight[i] / MathF.Sqrt(variance[i] + Epsilon);
            shift[i] = bias[i] - (mean[i] * scale[i]);
        }

        return (x * Tensor.FromArray(scale, 1, scale.Length, 1, 1)) + Tensor.FromArray(shift, 1, scale.Length, 1, 1);
    }

    private static Tensor Weight(ModelState state, string name) => Tensor.FromArray(state[name], state.ShapeOf(state.IndexOf(name)).Axis);
}
