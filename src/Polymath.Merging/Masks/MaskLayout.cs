using Polymath.Merging.TaskVectors;

namespace Polymath.Merging.Masks;

/// <summary>Where the weights of every tensor stand in a mask: tensors sorted by name, elements row-major.</summary>
internal sealed class MaskLayout
{
    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);

    public MaskLayout(ModelState theta0)
    {
        Names = [.. theta0.Names.Order(StringComparer.Ordinal)];
        foreach (string name in Names)
        {
            _offsets.Add(name, Elements);
            Elements += theta0[name].Length;
        }
    }

    /// <summary>The names in the order of the mask.</summary>
    public string[] Names { get; }

    /// <summary>P.</summary>
    public long Elements { get; }

    /// <summary>Runs over tensors and their places.</summary>
    public void ForEach(Action<string, long> visit)
    {
        foreach (string name in Names) visit(name, _offsets[name]);
    }

    /// <summary>theta_0 + scale m tau.</summary>
    public ModelState Apply(ModelState theta0, TaskVector vector, BitMask mask, float scale) => theta0.Map((tensor, values) =>
    {
        ReadOnlySpan<float> tau = vector.Values[theta0.Names[tensor]];
        long offset = _offsets[theta0.Names[tensor]];
        float[] moved = new float[values.Length];
        for (int i = 0; i < moved.Length; i++) moved[i] = mask[offset + i] ? values[i] + (scale * tau[i]) : values[i];
        return moved;
    });

    /// <summary>m tau.</summary>
    public TaskVector Cut(TaskVector vector, Func<long, bool> mask) => new(vector.Values.Map((tensor, values) =>
    {
        long offset = _offsets[vector.Values.Names[tensor]];
        float[] kept = new float[values.Length];
        for (int i = 0; i < kept.Length; i++) kept[i] = mask(offset + i) ? values[i] : 0f;
        return kept;
    }));
}
