using Polymath.Tensors;

namespace Polymath.Tests.LinearAlgebra;

public sealed class TaskGradientsTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 16)]
    [InlineData(3, 17)]
    [InlineData(5, 3001)]
    public unsafe void Rows_are_zeroed_aligned_and_apart(int tasks, int parameters)
    {
        var gradients = new TaskGradients(tasks, parameters);
        Assert.Equal(0, gradients.Stride % 16);
        for (int k = 0; k < tasks; k++)
        {
            Assert.True(gradients.Row(k).IndexOfAnyExcept(0f) < 0);
            gradients.Row(k).Fill(k + 1);
            if (parameters == 0) continue;
            fixed (float* pointer = gradients.Row(k)) Assert.Equal(0u, (nuint)pointer % 64);
        }

        for (int k = 0; k < tasks; k++) Assert.True(gradients.Row(k).IndexOfAnyExcept(k + 1f) < 0);
        gradients.Clear();
        Assert.True(gradients.Row(tasks - 1).IndexOfAnyExcept(0f) < 0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(1024)]
    [InlineData(2777)]
    public void Gramian_and_combination_match_their_definition(int parameters)
    {
        var random = new RandomStream(3);
        float[][] rows = [new float[parameters], new float[parameters], new float[parameters]];
        foreach (float[] row in rows) random.FillNormal(row);
        TaskGradients gradients = TaskGradients.FromRows(rows);
        double[] gramian = new double[9];
        gradients.Gramian(gramian);
        for (int i = 0; i < 9; i++) Assert.Equal(rows[i / 3].Zip(rows[i % 3], (x, y) => (double)x * y).Sum(), gramian[i], 1e-9);

        float[] combined = new float[parameters];
        gradients.Combine([0.5, -2, 3], combined);
        for (int i = 0; i < parameters; i++) Assert.Equal((float)((0.5 * rows[0][i]) - (2.0 * rows[1][i]) + (3.0 * rows[2][i])), combined[i], 1e-6f);
    }

    [Fact]
    public void Small_tasks_beside_large_ones_keep_their_digits()
    {
        TaskGradients gradients = TaskGradients.FromRows([1e6f, 1e6f], [1e-6f, -1e-6f]);
        double[] gramian = new double[4];
        gradients.Gramian(gramian);
        Assert.Equal(0, gramian[1]);
        Assert.Equal(2e-12, gramian[3], 1e-18);
    }

    [Fact]
    public void Wrong_shapes_are_refused_in_a_sentence()
    {
        Assert.Contains("row 1 has 1", Assert.Throws<ArgumentException>(() => TaskGradients.FromRows([1f, 2f], [3f])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TaskGradients.FromRows());
        Assert.Throws<ArgumentOutOfRangeException>(() => new TaskGradients(0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TaskGradients(2, 3).Row(2));
        Assert.Throws<ArgumentException>(() => new TaskGradients(2, 3).Gramian(new double[3]));
        Assert.Throws<ArgumentException>(() => new TaskGradients(2, 3).Combine([1.0], new float[3]));
    }

    [Fact]
    public void Fewer_rows_use_the_same_memory()
    {
        TaskGradients rows = TaskGradients.FromRows([1f, 2f], [3f, 4f], [5f, 6f]);
        rows.Use(2);
        Assert.Equal((2, 3), (rows.Tasks, rows.Capacity));
        double[] gramian = new double[4];
        rows.Gramian(gramian);
        Assert.Equal([5.0, 11.0, 11.0, 25.0], gramian);
        float[] sum = new float[2];
        rows.Combine([1, 1], sum);
        Assert.Equal([4f, 6f], sum);
        rows.Clear();
        rows.Use(3);
        Assert.Equal([0f, 0f], rows.Row(1).ToArray());
        Assert.Equal([5f, 6f], rows.Row(2).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => rows.Use(4));
    }
}
