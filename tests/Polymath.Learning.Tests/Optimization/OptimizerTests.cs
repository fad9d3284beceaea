using FsCheck;
using FsCheck.Fluent;
using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>Every optimiser against a plain reimplementation in double precision, one value at a time.</summary>
public sealed class OptimizerTests
{
    private const double Rate = 0.05;

    /// <summary>A parameter, its gradient, its memory and the step number in; the new parameter out.</summary>
    private delegate double Reference(double p, double g, double[] memory, int step, double rate, double decay);

    private static readonly Dictionary<string, (Func<Optimizer> Make, Reference Step)> s_cases = new(StringComparer.Ordinal)
    {
        ["sgd"] = (() => new Sgd(Rate, weightDecay: 0.1), (p, g, _, _, lr, wd) => p - (lr * (g + (wd * p)))),
        ["momentum"] = (() => new Sgd(Rate, 0.9, dampening: 0.3), (p, g, m, t, lr, wd) => p - (lr * Heavy(g + (wd * p), m, t, 0.9, 0.3))),
        ["nesterov"] = (() => new Sgd(Rate, 0.8, nesterov: true, weightDecay: 0.1), (p, g, m, t, lr, wd) => p - (lr * (g + (wd * p) + (0.8 * Heavy(g + (wd * p), m, t, 0.8, 0))))),
        ["adam"] = (() => new Adam(Rate, 0.85, 0.98, 1e-6), (p, g, m, t, lr, wd) => p - Moments(g + (wd * p), m, t, lr)),
        ["adam decay"] = (() => new Adam(Rate, 0.85, 0.98, 1e-6, 0.1), (p, g, m, t, lr, wd) => p - Moments(g + (wd * p), m, t, lr)),
        ["adamw"] = (() => new AdamW(Rate, 0.85, 0.98, 1e-6, 0.1), (p, g, m, t, lr, wd) => (p * (1 - (lr * wd))) - Moments(g, m, t, lr)),
        ["adagrad"] = (() => new Adagrad(Rate, 0.1, 0.2, 1e-8, 0.1), AdagradStep),
    };

    public static TheoryData<string> Cases => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Steps_equal_the_formula_with_schedule_factors_and_groups(string name)
    {
        (Func<Optimizer> make, Reference reference) = s_cases[name];
        const int Count = 29;
        ParameterGroup[] groups = [new(20, 9) { RateMultiplier = 3, WeightDecay = 0.02 }, new(0, 17)];
        Optimizer optimizer = make();
        optimizer.Prepare(Count, groups);
        float[] parameters = Draw(Count, 1);
        double[] expected = [.. parameters.Select(p => (double)p)];
        double[][] memory = [.. expected.Select(_ => new double[2])];
        for (int step = 1; step <= 12; step++)
        {
            float[] gradients = Draw(Count, 100 + step);
            double factor = 1.0 / step;
            optimizer.Step(parameters, gradients, factor);
            foreach (ParameterGroup group in groups)
            {
                for (int i = group.Start; i < group.Start + group.Length; i++)
                {
                    expected[i] = reference(expected[i], gradients[i], memory[i], step, Rate * factor * group.RateMultiplier, group.WeightDecay ?? optimizer.WeightDecay);
                }
            }
        }

        Assert.Equal(12, optimizer.Steps);
        for (int i = 0; i < Count; i++) Assert.Equal(expected[i], parameters[i], 3e-6 * Math.Max(1, Math.Abs(expected[i])));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Values_outside_every_group_stay(string name)
    {
        Optimizer optimizer = s_cases[name].Make();
        optimizer.Prepare(10, new ParameterGroup(2, 3));
        float[] parameters = Draw(10, 1), before = [.. parameters];
        optimizer.Step(parameters, Draw(10, 2));
        for (int i = 0; i < 10; i++) Assert.Equal(i is >= 2 and < 5, parameters[i] != before[i]);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_resumed_run_equals_an_uninterrupted_one_bit_for_bit(string name)
    {
        Func<Optimizer> make = s_cases[name].Make;
        Prop.ForAll(
            Gen.Choose(1, 70).ToArbitrary(),
            Gen.Choose(0, 6).ToArbitrary(),
            (count, interruption) =>
            {
                float[] straight = Draw(count, 1), broken = [.. straight];
                Optimizer whole = make(), first = make(), second = make();
                whole.Prepare(count);
                first.Prepare(count);
                for (int step = 0; step < 8; step++) whole.Step(straight, Draw(count, step + 10));
                for (int step = 0; step < interruption; step++) first.Step(broken, Draw(count, step + 10));
                var saved = first.State.ToDictionary(entry => entry.Name, entry => entry.Values.ToArray());
                second.Prepare(count);
                second.Load(first.Steps, saved.GetValueOrDefault);
                for (int step = interruption; step < 8; step++) second.Step(broken, Draw(count, step + 10));
                Assert.Equal(straight, broken);
            }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_values_step_does_not_depend_on_its_place(string name)
    {
        const int Count = 53;
        float[] together = Draw(Count, 1), gradients = Draw(Count, 2), alone = [.. together];
        Optimizer optimizer = s_cases[name].Make();
        for (int step = 0; step < 3; step++) optimizer.Step(together, gradients);
        for (int i = 0; i < Count; i++)
        {
            Optimizer single = s_cases[name].Make();
            for (int step = 0; step < 3; step++) single.Step(alone.AsSpan(i, 1), gradients.AsSpan(i, 1));
        }

        Assert.Equal(together, alone);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_step_allocates_nothing(string name)
    {
        Optimizer optimizer = s_cases[name].Make();
        float[] parameters = Draw(1000, 1), gradients = Draw(1000, 2);
        for (int i = 0; i < 50; i++) optimizer.Step(parameters, gradients);
        Assert.Equal(0, SteadyAllocation.Of(() =>
        {
            for (int i = 0; i < 10; i++) optimizer.Step(parameters, gradients);
        }));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_gradient_factor_is_a_gradient_multiplied_beforehand(string name)
    {
        const int Count = 45;
        float[] gradients = Draw(Count, 2), scaled = [.. gradients.Select(g => g * 0.3f)], one = Draw(Count, 1), other = [.. one];
        Optimizer whole = s_cases[name].Make(), parts = s_cases[name].Make();
        for (int step = 0; step < 3; step++)
        {
            whole.Step(one, scaled);
            parts.Step(other, gradients, gradientFactor: 0.3f);
        }

        Assert.Equal(one, other);
    }

    [Fact]
    public void The_first_step_of_adam_is_as_long_as_the_learning_rate()
    {
        float[] parameters = [1f, 2f];
        new Adam(0.1).Step(parameters, [0.5f, -500f]);
        Assert.Equal(0.9f, parameters[0], 1e-6f);
        Assert.Equal(2.1f, parameters[1], 1e-6f);
    }

    [Fact]
    public void Wrong_blocks_groups_and_states_are_refused()
    {
        var adam = new Adam();
        Assert.Contains("inside the block", Assert.Throws<OptimizerException>(() => adam.Prepare(5, new ParameterGroup(3, 3))).Message, StringComparison.Ordinal);
        Assert.Contains("overlaps", Assert.Throws<OptimizerException>(() => adam.Prepare(5, new ParameterGroup(0, 3), new ParameterGroup(2, 2))).Message, StringComparison.Ordinal);
        Assert.Contains("0 or more", Assert.Throws<OptimizerException>(() => adam.Prepare(5, new ParameterGroup(0, 3) { RateMultiplier = -1 })).Message, StringComparison.Ordinal);
        adam.Prepare(5);
        Assert.Contains("expected 5", Assert.Throws<OptimizerException>(() => adam.Step(new float[5], new float[4])).Message, StringComparison.Ordinal);
        Assert.Contains("no array 'first_moment'", Assert.Throws<OptimizerException>(() => adam.Load(1, _ => null)).Message, StringComparison.Ordinal);
        Assert.Contains("found 4 values", Assert.Throws<OptimizerException>(() => adam.Load(1, _ => new float[4])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => adam.Step(new float[5], new float[5], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adam(-1));
        Assert.Throws<ArgumentException>(() => new Sgd(0.1, nesterov: true));
    }

    private static double AdagradStep(double p, double g, double[] memory, int step, double rate, double decay)
    {
        g += decay * p;
        memory[0] = (step == 1 ? 0.2 : memory[0]) + (g * g);
        return p - (rate / (1 + ((step - 1) * 0.1)) * g / (Math.Sqrt(memory[0]) + 1e-8));
    }

    private static double Heavy(double g, double[] memory, int step, double momentum, double dampening)
        => memory[0] = step == 1 ? g : (momentum * memory[0]) + ((1 - dampening) * g);

    private static double Moments(double g, double[] memory, int step, double rate)
    {
        memory[0] = (0.85 * memory[0]) + (0.15 * g);
        memory[1] = (0.98 * memory[1]) + (0.02 * g * g);
        double mean = memory[0] / (1 - Math.Pow(0.85, step)), square = memory[1] / (1 - Math.Pow(0.98, step));
        return rate * mean / (Math.Sqrt(square) + 1e-6);
    }

    private static float[] Draw(int count, int seed)
    {
        float[] values = new float[count];
        new RandomStream((ulong)seed).FillNormal(values);
        return values;
    }
}
