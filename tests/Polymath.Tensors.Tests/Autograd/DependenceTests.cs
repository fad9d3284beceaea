using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class DependenceTests
{
    [Fact]
    public void A_value_depends_on_what_its_gradient_reaches()
    {
        Tensor w = Tensor.Ones(3).WithGradient(), unused = Tensor.Ones(3).WithGradient();
        using var tape = new Tape();
        Tensor z = w * 2f, apart = w + 1f, loss = (z * z).Sum(), sign = z.GreaterThan(0f).Sum() + apart.Sum();
        Assert.True(tape.DependsOn(loss, z));
        Assert.True(tape.DependsOn(loss, w));
        Assert.True(tape.DependsOn(loss, loss));
        Assert.False(tape.DependsOn(z, loss));
        Assert.False(tape.DependsOn(loss, apart));
        Assert.False(tape.DependsOn(sign, z));
        Assert.True(tape.DependsOn(sign, w));
        Assert.False(tape.DependsOn(loss, unused));
        Assert.Throws<TensorException>(() => tape.DependsOn(unused, w));
    }

    [Fact]
    public void Recorded_gradients_into_room_of_the_caller_are_those_of_the_array()
    {
        Tensor w = Tensor.FromArray([1f, 2f, 3f], 3).WithGradient();
        using var tape = new Tape();
        Tensor[] losses = [(w * w * w).Sum(), w.Sin().Sum()], room = new Tensor[2];
        tape.Gradients(losses, [w, w], room, createGraph: true);
        Assert.Equal(tape.Gradients(losses, [w])[0].ToArray(), room[0].ToArray());
        Assert.Equal(room[0].ToArray(), room[1].ToArray());
        Assert.Equal([6f, 12f, 18f], tape.Gradient(room[0].Select(0, 0).Sum(), w).ToArray());
        Assert.Throws<TensorException>(() => tape.Gradients(losses, [w], room));
    }
}
