using Polymath.Reproductions.Balancing;

namespace Polymath.Tests;

/// <summary>Contours of functions whose level sets are known.</summary>
public sealed class ContourTracerTests
{
    [Fact]
    public void A_cone_has_a_circle_for_a_contour()
    {
        List<(double X, double Y)> loop = Assert.Single(ContourTracer.Trace(Sample(61, (x, y) => Math.Sqrt((x * x) + (y * y))), 20));
        Assert.All(loop, point => Assert.Equal(20, Math.Sqrt(Math.Pow(point.X - 30, 2) + Math.Pow(point.Y - 30, 2)), 0.01));
        Assert.Equal(Math.PI * 400, Area(loop), 2.0);
    }

    [Fact]
    public void A_ring_has_two_borders_and_a_region_that_leaves_the_grid_is_closed_at_its_rim()
    {
        Assert.Equal(2, ContourTracer.Trace(Sample(61, (x, y) => Math.Abs(Math.Sqrt((x * x) + (y * y)) - 15)), 5).Count);

        // The whole square of 20 cells, with half a cell cut off at each corner.
        Assert.Equal((20 * 20) - (4 * 0.5), Area(Assert.Single(ContourTracer.Trace(Sample(21, (_, _) => 0), 1))), 1e-9);
        Assert.Empty(ContourTracer.Trace(Sample(21, (_, _) => 0), -1));
    }

    // Low corners at opposite ends of one cell: apart when the mean of the four is above the level, together when it is not.
    [Theory]
    [InlineData(0.4, 2)]
    [InlineData(0.6, 1)]
    public void A_saddle_is_split_or_joined_by_the_value_at_its_centre(double level, int loops)
    {
        double[,] values = { { 1, 1, 1, 1 }, { 1, 0, 1, 1 }, { 1, 1, 0, 1 }, { 1, 1, 1, 1 } };
        Assert.Equal(loops, ContourTracer.Trace(values, level).Count);
    }

    private static double[,] Sample(int size, Func<double, double, double> function)
    {
        double[,] values = new double[size, size];
        double middle = (size - 1) / 2.0;
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < size; column++) values[row, column] = function(column - middle, row - middle);
        }

        return values;
    }

    private static double Area(List<(double X, double Y)> loop)
    {
        double sum = 0;
        for (int i = 0; i < loop.Count; i++)
        {
            (double x1, double y1) = loop[i];
            (double x2, double y2) = loop[(i + 1) % loop.Count];
            sum += (x1 * y2) - (x2 * y1);
        }

        return Math.Abs(sum) / 2;
    }
}
