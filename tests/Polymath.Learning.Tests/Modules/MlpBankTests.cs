using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A bank gives what its stacks give one by one: values, gradients and running statistics.</summary>
[Collection(QuietCollection.Name)]
public sealed class MlpBankTests
{
    private const int Rows = 6, Inputs = 5;
    private const float Tolerance = 2e-5f;

    private static readonly Dictionary<string, MlpOptions> s_options = new(StringComparer.Ordinal)
    {
        ["hidden"] = new() { Hidden = [4], Activation = Activation.Tanh },
        ["deep"] = new() { Hidden = [4, 3, 7], Activation = Activation.Gelu },
        ["deep with output"] = new() { Hidden = [4, 3], OutputSize = 2, Activation = Activation.Silu },
        ["output alone"] = new() { OutputSize = 3 },
        ["output without bias"] = new() { Hidden = [4], OutputSize = 1, OutputBias = false },
        ["batch norm"] = new() { Hidden = [4, 3], OutputSize = 1, BatchNorm = true, Activation = Activation.Tanh },
        ["layer norm"] = new() { Hidden = [4, 3], OutputSize = 1, LayerNorm = true, Activation = Activation.Silu },
        ["nothing"] = new(),
    };

    public static MatrixTheoryData<string, int, bool> Cases => new(s_options.Keys, [1, 2, 5], [true, false]);

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_bank_equals_its_stacks_one_by_one(string name, int count, bool training)
    {
        Mlp[] banked = Make(name, count, training), alone = Make(name, count, training);
        Tensor x = Tensor.Normal(new RandomStream(9), new Shape(Rows, Inputs)).Keep().WithGradient();
        (float[] Values, float[][] Gradients) expected = Run(alone, x, input => Tensor.Concat([.. alone.Select(member => member.Forward(input))], 1));
        (float[] Values, float[][] Gradients) found = Run(banked, x, new MlpBank(banked).Forward);
        AssertClose(expected.Values, found.Values);
        for (int i = 0; i < expected.Gradients.Length; i++) AssertClose(expected.Gradients[i], found.Gradients[i]);
        for (int m = 0; m < count; m++)
        {
            foreach ((KeyValuePair<string, Tensor> one, KeyValuePair<string, Tensor> other) in alone[m].NamedBuffers().Zip(banked[m].NamedBuffers())) AssertClose(one.Value.ToArray(), other.Value.ToArray());
        }
    }

    [Theory]
    [InlineData("deep with output")]
    [InlineData("batch norm")]
    [InlineData("layer norm")]
    public void A_warm_bank_allocates_nothing(string name)
    {
        Mlp[] members = Make(name, 3, training: true);
        var bank = new MlpBank(members);
        Tensor x = Tensor.Normal(new RandomStream(9), new Shape(Rows, Inputs)).Keep();
        var gradients = new TaskGradients(1, new ParameterLayout(Parameters(members), []));
        using var tape = new Tape();
        for (int i = 0; i < 20; i++) Step();
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 5; i++) Step();
        }));

        void Step()
        {
            tape.Reset();
            tape.Backward([bank.Forward(x).Sum()], gradients);
        }
    }

    [Fact]
    public void Dropout_is_drawn_for_every_stack_anew()
    {
        Mlp[] members = [.. Enumerable.Range(0, 2).Select(_ => new Mlp(Inputs, new MlpOptions { Hidden = [50], Dropout = 0.5f, Activation = Activation.Identity }, new RandomStream(1)))];
        foreach (Mlp member in members) member.SetRandom(new RandomStream(7));
        float[] y = new MlpBank(members).Forward(Tensor.Ones(1, Inputs)).ToArray();
        Assert.InRange(y.Count(value => value == 0f), 30, 70);
        Assert.NotEqual(y[..50], y[50..]);
    }

    [Fact]
    public void Stacks_of_different_layers_are_refused()
    {
        var random = new RandomStream(1);
        var one = new Mlp(Inputs, new MlpOptions { Hidden = [4] }, random);
        Assert.Throws<ArgumentException>(() => new MlpBank([]));
        Assert.Throws<ArgumentException>(() => new MlpBank([one, new Mlp(Inputs, new MlpOptions { Hidden = [3] }, random)]));
        Assert.Throws<ArgumentException>(() => new MlpBank([one, new Mlp(Inputs + 1, new MlpOptions { Hidden = [4] }, random)]));
        Assert.Throws<ArgumentException>(() => new MlpBank([one, new Mlp(Inputs, new MlpOptions { Hidden = [4], Activation = Activation.Tanh }, random)]));
    }

    private static Mlp[] Make(string name, int count, bool training)
    {
        var members = new Mlp[count];
        for (int m = 0; m < count; m++)
        {
            members[m] = new Mlp(Inputs, s_options[name], new RandomStream((ulong)(m + 1)));
            if (!training) members[m].Evaluate();
        }

        return members;
    }

    private static (float[] Values, float[][] Gradients) Run(Mlp[] members, Tensor x, Func<Tensor, Tensor> forward)
    {
        using var tape = new Tape();
        Tensor y = forward(x);
        Tensor[] gradients = tape.Gradients([(y * y).Sum(), y.Slice(1, 0, 1).Sin().Sum()], [x, .. Parameters(members)]);
        return (y.ToArray(), [.. gradients.Select(gradient => gradient.ToArray())]);
    }

    private static Tensor[] Parameters(Mlp[] members) => [.. members.SelectMany(member => member.NamedParameters()).Select(entry => entry.Value.Value)];

    private static void AssertClose(float[] expected, float[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], Tolerance * Math.Max(1f, Math.Abs(expected[i])));
    }
}
