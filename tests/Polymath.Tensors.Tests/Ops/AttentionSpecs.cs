using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Scaled dot-product attention over separate and packed inputs, open, causal and masked.</summary>
internal static class AttentionSpecs
{
    public static IEnumerable<OpSpec> All() =>
    [
        Separate("Attention", causal: false, masked: false),
        Separate("Attention, causal", causal: true, masked: false),
        Separate("Attention, masked", causal: false, masked: true),
        Separate("Attention, causal and masked", causal: true, masked: true),
        Separate("Attention, padded", causal: false, masked: false, padded: true),
        Separate("Attention, padded, causal and masked", causal: true, masked: true, padded: true),
        Packed("Attention, packed", causal: false, masked: false),
        Packed("Attention, packed and causal", causal: true, masked: false),
        Packed("Attention, packed and masked", causal: false, masked: true),
        Packed("Attention, packed and padded", causal: false, masked: false, padded: true),
    ];

    private static OpSpec Separate(string name, bool causal, bool masked, bool padded = false)
        => new(name, s =>
        {
            int batch = s.Length(most: 2), heads = 1 + s.Int(2), depth = s.Length(most: 2), width = s.Length(most: 2), queries = s.Length(most: 3), keys = s.Length(least: 1, most: 3);
            float? scale = s.Chance(0.5f) ? null : 0.7f;
            float[]? blocked = masked ? Mask(s, queries, keys, causal) : null;
            Tensor mask = masked ? AsTensor(blocked!, queries, keys) : default;
            float[]? there = padded ? [.. Enumerable.Range(0, batch * keys).Select(_ => s.Chance(0.5f) ? 1f : 0f)] : null;
            Tensor present = padded ? AsTensor(there!, batch, keys) : default;
            return new OpCase([s.Normal(batch, queries, heads * depth), s.Normal(batch, keys, heads * depth), s.Normal(batch, keys, heads * width)],
                t => Fused.ScaledDotProductAttention(t[0], t[1], t[2], heads, scale, causal, mask, present),
                t => Attend(t[0], t[1], t[2], heads, scale ?? (1 / Math.Sqrt(Math.Max(depth, 1))), causal, blocked, there));
        });

    private static OpSpec Packed(string name, bool causal, bool masked, bool padded = false)
        => new(name, s =>
        {
            int batch = s.Length(most: 2), heads = 1 + s.Int(2), depth = s.Length(most: 2), length = s.Length(least: 1, most: 3), width = heads * depth;
            float[]? blocked = masked ? Mask(s, length, length, causal) : null;
            Tensor mask = masked ? AsTensor(blocked!, length, length) : default;
            float[]? there = padded ? [.. Enumerable.Range(0, batch * length).Select(_ => s.Chance(0.5f) ? 1f : 0f)] : null;
            Tensor present = padded ? AsTensor(there!, batch, length) : default;
            return new OpCase([s.Normal(batch, length, 3 * width)], t => Fused.ScaledDotProductAttention(t[0], heads, 0.6f, causal, mask, present),
                t => Attend(Part(t[0], 0), Part(t[0], 1), Part(t[0], 2), heads, 0.6f, causal, blocked, there));

            Dense Part(Dense all, int part) => Dense.Build([batch, length, width], i => all[i[0], i[1], (part * width) + i[2]]);
        });

    /// <summary>The definition, one output element at a time.</summary>
    private static Dense Attend(Dense q, Dense k, Dense v, int heads, double scale, bool causal, float[]? blocked, float[]? present)
    {
        int depth = q.Shape[2] / heads, width = v.Shape[2] / heads, keys = k.Shape[1];
        return Dense.Build([q.Shape[0], q.Shape[1], v.Shape[2]], i =>
        {
            int head = i[2] / width, query = i[1], batch = i[0];
            int[] seen = [.. Enumerable.Range(0, keys).Where(j => (!causal || j <= query) && (blocked is null || blocked[(query * keys) + j] == 0f) && (present is null || present[(batch * keys) + j] != 0f))];
            if (seen.Length == 0) return 0;
            double[] weights = [.. seen.Select(j => Math.Exp(scale * Enumerable.Range(head * depth, depth).Sum(d => q[batch, query, d] * k[batch, j, d])))];
            return seen.Select((j, n) => weights[n] * v[batch, j, i[2]]).Sum() / weights.Sum();
        });
    }

    /// <summary>Random blocks that leave every query a key.</summary>
    private static float[] Mask(Sampler s, int queries, int keys, bool causal)
    {
        float[] blocked = new float[queries * keys];
        for (int i = 0; i < queries; i++)
        {
            for (int j = 0; j < keys; j++) blocked[(i * keys) + j] = s.Chance(0.5f) ? 1f : 0f;
            blocked[(i * keys) + s.Int(causal ? Math.Min(keys, i + 1) : keys)] = 0f;
        }

        return blocked;
    }

    // Kept from any tape: the mask of a case serves many steps.
    private static Tensor AsTensor(float[] values, int rows, int columns) => Tensor.FromArray(values, rows, columns).Keep();
}
