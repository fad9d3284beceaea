using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

public sealed class TaskVectorTests
{
    [Fact]
    public void A_vector_applied_to_its_base_is_the_tuned_model_in_any_order_of_tensors()
    {
        ModelState theta0 = new([("a", new Shape(2), [1f, 2f]), ("b", new Shape(1), [4f])]), tuned = new([("b", new Shape(1), [6f]), ("a", new Shape(2), [0f, 2f])]);
        TaskVector tau = TaskVector.From(theta0, tuned);
        ModelState moved = tau.ApplyTo(theta0), half = (tau * 0.5f).ApplyTo(theta0);
        Assert.Equal([0f, 2f], moved["a"].ToArray());
        Assert.Equal([6f], moved["b"].ToArray());
        Assert.Equal([0.5f, 2f], half["a"].ToArray());
        Assert.Equal(Math.Sqrt(5), tau.Norm, 12);
        Assert.Equal(-1, tau.Cosine(-tau), 12);
        Assert.Equal(0, (tau - tau).Norm);
        Assert.Equal(2 * tau.Norm, (tau + tau).Norm, 12);
    }

    [Fact]
    public void Other_tensors_are_named()
    {
        ModelState theta0 = new([("a", new Shape(2), [1f, 2f])]), other = new([("b", new Shape(2), [1f, 2f])]), wide = new([("a", new Shape(3), [1f, 2f, 3f])]);
        Assert.Contains("missing 'a'; not in the base 'b'", Assert.Throws<MergeException>(() => TaskVector.From(theta0, other)).Message, StringComparison.Ordinal);
        Assert.Contains("'a' has shape [3], expected [2]", Assert.Throws<MergeException>(() => TaskVector.From(theta0, wide)).Message, StringComparison.Ordinal);
    }
}
