using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class GlobalTiesTests
{
    [Fact]
    public void Selection_finds_the_magnitude_that_sorting_finds()
    {
        var random = new RandomStream(3);
        float[] values = new float[5000];
        random.FillNormal(values);
        for (int i = 0; i < values.Length; i += 7) values[i] = values[0];
        float[] sorted = [.. values.Select(Math.Abs).Order()];
        foreach (int rank in (int[])[1, 2, 699, 700, 2500, 4999, 5000])
        {
            var selection = new MagnitudeSelection();
            selection.Count(values.AsSpan(0, 1234));
            selection.Count(values.AsSpan(1234));
            selection.Narrow(rank);
            selection.Refine(values);
            Assert.Equal(sorted[rank - 1], selection.Value);
        }
    }

    [Fact]
    public void One_vector_with_everything_kept_is_returned()
    {
        TaskVector vector = new(new ModelState([("a", new Shape(4), [1f, -2f, 0f, 3f])]));
        foreach (TiesAggregation aggregation in Enum.GetValues<TiesAggregation>())
            Assert.Equal([1f, -2f, 0f, 3f], GlobalTies.Merge([vector], new GlobalTiesOptions { Keep = 100, Aggregation = aggregation }).Values[0].ToArray());
    }

    [Fact]
    public void Equal_magnitudes_at_the_threshold_are_all_kept()
        => Assert.Equal([2f, -2f, 2f, 0f], GlobalTies.Trim(new TaskVector(new ModelState([("a", new Shape(4), [2f, -2f, 2f, 1f])])), new GlobalTiesOptions { Keep = 25 }).Values[0].ToArray());

    [Fact]
    public void Where_the_tasks_cancel_the_sign_of_most_elements_is_elected()
    {
        TaskVector first = new(new ModelState([("a", new Shape(3), [1f, -1f, -4f])])), second = new(new ModelState([("a", new Shape(3), [-1f, -1f, -2f])]));
        TaskVector merged = GlobalTies.Merge([first, second], new GlobalTiesOptions { Keep = 100 });
        Assert.Equal([-1f, -1f, -3f], merged.Values[0].ToArray());
    }

    [Fact]
    public void Mistakes_are_named()
    {
        TaskVector vector = new(new ModelState([("a", new Shape(2), [1f, float.NaN])])), other = new(new ModelState([("b", new Shape(2), [1f, 2f])]));
        Assert.Contains("found 1 NaN or infinite", Assert.Throws<MergeException>(() => GlobalTies.Merge([vector])).Message, StringComparison.Ordinal);
        Assert.Contains("expected a percentage from 1 to 100", Assert.Throws<MergeException>(() => GlobalTies.Merge([other], new GlobalTiesOptions { Keep = 120 })).Message, StringComparison.Ordinal);
        Assert.Contains("task vector 1 has other tensors", Assert.Throws<MergeException>(() => GlobalTies.Merge([vector, other])).Message, StringComparison.Ordinal);
        Assert.Contains("no task vectors", Assert.Throws<MergeException>(() => GlobalTies.Merge([])).Message, StringComparison.Ordinal);
    }
}
