using System.Buffers;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Consecutive rows of a feature matrix in bins, a byte each. Features are dealt into groups of up to eight, and the bins of a row for one
/// group are one 64-bit word: a histogram of eight features costs one load a row, and the histograms of a group stay in the first-level cache.
/// </summary>
internal sealed class BinnedFeatures
{
    /// <summary>Features in a word.</summary>
    public const int Lanes = 8;

    /// <summary>Most bins of a feature, the missing one included.</summary>
    public const int Bins = 256;

    private const int LeastStride = 4;

    private readonly ulong[] _words;

    /// <summary>Finds bins and fills the words.</summary>
    public BinnedFeatures(FeatureMatrix features, int start, int rows, int maxBins)
    {
        Rows = rows;
        Groups = (features.Width + Lanes - 1) / Lanes;
        Features = new FeatureBins[features.Width];
        FirstOfGroup = new int[Groups + 1];
        for (int group = 0; group <= Groups; group++) FirstOfGroup[group] = (int)((long)features.Width * group / Groups);
        _words = GC.AllocateUninitializedArray<ulong>(checked(Groups * rows), pinned: true);
        var body = new GroupBody { Binned = this, Source = features, Start = start, MaxBins = maxBins };
        Workers.For(Groups, ref body);
        (Strides, Offsets) = (new int[Groups], new int[Groups + 1]);
        for (int group = 0; group < Groups; group++)
        {
            int most = LeastStride;
            foreach (FeatureBins bins in Features.AsSpan(FirstOfGroup[group]..FirstOfGroup[group + 1])) most = Math.Max(most, bins.Count + 1);
            Strides[group] = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)most);
            Offsets[group + 1] = checked(Offsets[group] + (LanesOf(group) * Strides[group]));
        }
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of groups.</summary>
    public int Groups { get; }

    /// <summary>The bins by feature.</summary>
    public FeatureBins[] Features { get; }

    /// <summary>The first feature of each group, and the number of features.</summary>
    public int[] FirstOfGroup { get; }

    /// <summary>By group, the places a feature takes in a histogram: a power of two that holds all bins of each feature of the group.</summary>
    public int[] Strides { get; }

    /// <summary>By group, the place in a histogram where its first feature begins; the last entry is the length of a histogram.</summary>
    public int[] Offsets { get; }

    /// <summary>Features of a group.</summary>
    public int LanesOf(int group) => FirstOfGroup[group + 1] - FirstOfGroup[group];

    /// <summary>The words of a group, one per row; in pinned memory.</summary>
    public unsafe ulong* Words(int group) => (ulong*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_words)) + ((long)group * Rows);

    /// <summary>Group of a feature.</summary>
    public int GroupOf(int feature)
    {
        int group = Array.BinarySearch(FirstOfGroup, feature);
        return group >= 0 ? group : ~group - 1;
    }

    private unsafe struct GroupBody : IBody
    {
        public BinnedFeatures Binned;
        public FeatureMatrix Source;
        public int Start;
        public int MaxBins;

        public readonly void Run(int chunk)
        {
            int first = Binned.FirstOfGroup[chunk], width = Binned.FirstOfGroup[chunk + 1] - first, rows = Binned.Rows;
            float[] columns = ArrayPool<float>.Shared.Rent(width * rows), sorted = ArrayPool<float>.Shared.Rent(rows);
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<float> from = Source.Row(Start + row).Slice(first, width);
                for (int lane = 0; lane < from.Length; lane++) columns[(lane * rows) + row] = from[lane];
            }

            Span<ulong> words = new(Binned.Words(chunk), rows);
            words.Clear();
            for (int lane = 0; lane < width; lane++)
            {
                ReadOnlySpan<float> column = columns.AsSpan(lane * rows, rows);
                FeatureBins bins = Source.Features[first + lane].IsCategorical ? Categories(column, Source.Features[first + lane].Categories) : Numbers(column, sorted);
                Binned.Features[first + lane] = bins;
                bins.Fill(column, words, lane);
            }

            ArrayPool<float>.Shared.Return(columns);
            ArrayPool<float>.Shared.Return(sorted);
        }

        private readonly FeatureBins Numbers(ReadOnlySpan<float> column, float[] sorted)
        {
            int observed = 0;
            foreach (float value in column)
            {
                sorted[observed] = value;
                if (!float.IsNaN(value)) observed++;
            }

            FloatOrder.Sort(sorted.AsSpan(0, observed));
            return BinFinder.Numbers(sorted.AsSpan(0, observed), observed < column.Length, MaxBins);
        }

        private readonly FeatureBins Categories(ReadOnlySpan<float> column, int ids)
        {
            int[] counts = new int[ids];
            bool missing = false;
            foreach (float value in column)
            {
                if (float.IsNaN(value)) missing = true;
                else counts[(int)value]++;
            }

            return BinFinder.Categories(counts, missing, MaxBins);
        }
    }
}
