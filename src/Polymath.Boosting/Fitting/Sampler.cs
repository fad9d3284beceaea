using Polymath.Tensors;

namespace Polymath.Boosting;

/// <summary>Draws the rows and columns of each iteration. A draw depends on the seed, the unit and the iteration alone.</summary>
internal sealed class Sampler(BoostingOptions options, int rows, int features, ulong unit)
{
    private readonly RandomStream _stream = new RandomStream(options.Seed).Derive("sample").Derive(unit);

    /// <summary>The sample of an iteration: every row with the probability of the option, and exactly the share of columns.</summary>
    public TreeSample Draw(int iteration)
    {
        if (options.RowSample == 1 && options.ColumnSample == 1) return TreeSample.All;
        RandomStream stream = _stream.Derive((ulong)iteration);
        return new TreeSample(options.RowSample == 1 ? null : Rows(stream), options.ColumnSample == 1 ? null : Columns(stream));
    }

    private int[] Rows(RandomStream stream)
    {
        float[] uniform = new float[rows];
        stream.FillUniform(uniform);
        int[] chosen = new int[rows];
        int count = 0;
        for (int row = 0; row < rows; row++)
        {
            chosen[count] = row;
            if (uniform[row] < options.RowSample) count++;
        }

        // A tree needs a row; a tiny task may have drawn none.
        return count == 0 ? [stream.NextInt32(rows)] : chosen[..count];
    }

    private bool[] Columns(RandomStream stream)
    {
        int[] order = new int[features];
        stream.FillPermutation(order);
        bool[] allowed = new bool[features];
        for (int i = 0; i < Math.Max(1, (int)Math.Round(options.ColumnSample * features)); i++) allowed[order[i]] = true;
        return allowed;
    }
}
