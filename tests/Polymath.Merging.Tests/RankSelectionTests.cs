using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Merging.Sparsifying;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>The k largest of many keys against a sort, for keys that mislead a sample and keys that are equal.</summary>
public sealed class RankSelectionTests
{
    public static TheoryData<string, int> Cases => [.. from kind in (string[])["normal", "sorted", "constant", "few values", "mostly zero", "rows of other scale", "one outlier", "stored in half precision", "not numbers"] from size in (int[])[1, 5, 1000, 200_003] select (kind, size)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Exactly_k_are_above_and_equal_keys_go_by_position(string kind, int size)
    {
        float[] keys = Keys(kind, size);
        int[] order = [.. Enumerable.Range(0, size)];
        uint[] bits = Array.ConvertAll(keys, BitConverter.SingleToUInt32Bits);
        Array.Sort(order, (left, right) => bits[left] != bits[right] ? bits[right].CompareTo(bits[left]) : left.CompareTo(right));
        TensorMerge tensor = new("w", [size], [new MergeSource("m", new MemoryTensor("w", [size], keys), false, ParameterSet.Empty)], ParameterSet.Empty);
        long[] ranks = [.. new long[] { 0, 1, size / 5, size / 2, size * 9L / 10, size - 1, size }.Where(rank => rank >= 0)];
        RankCut[] cuts = RankSelection.Largest(tensor, 0, ranks, (block, _) => block.Source(0));
        RankCut[] counted = RankHistogram.Largest(tensor, 0, [0], [Math.Max(1, size / 2)], (block, _) => block.Source(0));
        for (int row = 0; row <= ranks.Length; row++)
        {
            (RankCut cut, long rank) = row < ranks.Length ? (cuts[row], ranks[row]) : (counted[0], Math.Max(1, size / 2));
            // A key that is no number compares with nothing; that the search ends is all that is asked.
            if (kind == "not numbers") continue;
            var chosen = new HashSet<int>(order[..(int)rank]);
            for (int i = 0; i < size; i++)
            {
                if (cut.Above(keys[i], i) != chosen.Contains(i)) Assert.Fail($"{kind}, {size} keys, rank {rank}: key {keys[i]} at {i}, cut {cut}");
            }
        }
    }

    private static float[] Keys(string kind, int size)
    {
        float[] keys = new float[size];
        new RandomStream(5).FillNormal(keys, 0, 1);
        for (int i = 0; i < size; i++)
        {
            float value = Math.Abs(keys[i]);
            keys[i] = kind switch
            {
                "sorted" => i,
                "constant" => 3f,
                "few values" => MathF.Floor(value * 2),
                "mostly zero" => i % 17 == 0 ? value : 0f,
                "rows of other scale" => value * (1 + (i / 4096 % 7 * 100)),
                "one outlier" => i == size / 2 ? 1e30f : value * 1e-30f,
                "stored in half precision" => (float)(Half)value,
                "not numbers" => i % 3 == 0 ? float.NaN : value,
                _ => value,
            };
        }

        return keys;
    }
}
