using System.Globalization;
using Polymath.Boosting;
using Polymath.Tensors;

namespace Polymath.Benchmarks.Comparison;

/// <summary>A whole fit with the paper's stumps; peers/stumps.py makes rows of the same kind.</summary>
internal sealed class RobustBoostingWorkload : Workload
{
    private const int TwoValued = 3;
    private readonly BoostingData _data;
    private readonly MultiTaskBooster _booster;

    public RobustBoostingWorkload(BoostingSize size)
    {
        RandomStream stream = new(7);
        float[] x = new float[size.Rows * size.Features], y = new float[size.Rows];
        double[] common = [.. Enumerable.Range(0, size.Features).Select(_ => stream.NextNormalDouble())], own = [.. Enumerable.Range(0, size.Tasks * size.Features).Select(_ => stream.NextNormalDouble() / 2)];
        for (int row = 0; row < size.Rows; row++)
        {
            double sum = stream.NextNormalDouble();
            for (int column = 0; column < size.Features; column++)
            {
                float value = (2 * stream.NextSingle()) - 1;
                if (column % TwoValued == 0) value = value > 0 ? 1 : 0;
                x[(row * size.Features) + column] = value;
                sum += value * (common[column] + own[(row % size.Tasks * size.Features) + column]);
            }

            y[row] = (float)sum;
        }

        string[] tasks = [.. Enumerable.Range(0, size.Rows).Select(row => (row % size.Tasks).ToString(CultureInfo.InvariantCulture))];
        _data = BoostingData.Regression(new FeatureMatrix(x, size.Features), y, tasks);
        _booster = new MultiTaskBooster(BoostingOptions.RobustMultiTask(size.Shared, size.Robust, size.Own).Paper());
    }

    public override void Run() => _booster.Fit(_data);

    public override void Dispose()
    {
    }
}
