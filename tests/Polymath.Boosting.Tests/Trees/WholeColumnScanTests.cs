using Polymath.Tensors;

namespace Polymath.Boosting.Tests;

/// <summary>The best cut of a column against all of its cuts, one after the other.</summary>
public sealed class WholeColumnScanTests
{
    // Distinct values, a few ties, many ties, two values, and one value.
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(3, 1, 1)]
    [InlineData(101, 1, 1)]
    [InlineData(100, 1, 7)]
    [InlineData(100, 2, 1)]
    [InlineData(101, 2, 9)]
    [InlineData(64, 5, 1)]
    public unsafe void The_best_cut_of_a_column_is_found_whatever_its_ties(int rows, int outputs, int least)
    {
        var stream = new RandomStream((ulong)(rows + outputs));
        double[] reciprocals = [.. Enumerable.Range(0, rows + 1).Select(count => 1 / (count + 0.5))];
        foreach (int levels in (int[])[1_000_000, 30, 5, 2, 1])
        {
            float[] values = [.. Enumerable.Range(0, rows).Select(_ => (float)stream.NextInt32(levels))];
            double[] gradient = [.. Enumerable.Range(0, rows * outputs).Select(_ => stream.NextNormalDouble())], total = new double[outputs];
            for (int i = 0; i < gradient.Length; i++) total[i % outputs] += gradient[i];
            var columns = new SortedColumns(new FeatureMatrix(values, 1), 0, rows);
            (int Left, double Score)[] cuts = [.. values.Distinct().Order().SkipLast(1).Select(Cut).Where(cut => cut.Left >= least && rows - cut.Left >= least)];
            fixed (double* first = gradient)
            {
                int left = new WholeColumnScan(columns, 0, first, total, reciprocals, least).Best(out double score);
                Assert.Equal(cuts.Length == 0 ? 0 : cuts.MaxBy(cut => cut.Score).Left, left);
                if (left > 0) Assert.Equal(cuts.Max(cut => cut.Score), score, 1e-9);
            }

            (int Left, double Score) Cut(float threshold)
            {
                int left = 0;
                double[] sums = new double[outputs];
                for (int row = 0; row < rows; row++)
                {
                    if (values[row] > threshold) continue;
                    left++;
                    for (int k = 0; k < outputs; k++) sums[k] += gradient[(row * outputs) + k];
                }

                return (left, sums.Select((sum, k) => (sum * sum / (left + 0.5)) + ((total[k] - sum) * (total[k] - sum) / (rows - left + 0.5))).Sum());
            }
        }
    }

    [Fact]
    public unsafe void Of_equal_cuts_the_lowest_is_taken()
    {
        // Symmetric about the middle: the cuts after 1 and after 3 rows lower the error alike, and the one in the middle not at all.
        double[] gradient = [3, -3, -3, 3], total = [0], reciprocals = [double.PositiveInfinity, 1, 0.5, 1.0 / 3, 0.25];
        var columns = new SortedColumns(new FeatureMatrix([0, 1, 2, 3], 1), 0, 4);
        fixed (double* first = gradient) Assert.Equal(1, new WholeColumnScan(columns, 0, first, total, reciprocals, 1).Best(out _));
    }
}
