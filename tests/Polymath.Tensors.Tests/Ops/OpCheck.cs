using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>The aspects checked for every row of the operation table. Each method is one generated case.</summary>
internal static class OpCheck
{
    private const double ValueTolerance = 2e-5, FirstTolerance = 2e-4, SecondTolerance = 1.5e-3;

    /// <summary>Values equal the reference: without a tape, recorded, and on a tape without recording.</summary>
    public static void Value(OpCase call)
    {
        Dense expected = call.Reference(Denses(call));
        Compare("value without a tape", expected, call.Apply(call.Constants()));
        Tensor[] leaves = call.Leaves();
        using var tape = new Tape();
        Compare("recorded value", expected, call.Apply(leaves));
        using Tape.NoGradientScope scope = Tape.NoGradient();
        Compare("unrecorded value", expected, call.Apply(leaves));
    }

    /// <summary>Every row of a K-task sweep equals finite differences, through TaskGradients and through Gradients.</summary>
    public static void First(OpCase call, int tasks, RandomStream random)
    {
        Tensor[] leaves = call.Leaves();
        using var tape = new Tape();
        // An intermediate value between leaf and operation, so that gradients of values inside the graph are seen too.
        Tensor[] inner = [.. leaves.Select(leaf => leaf.RequiresGradient ? leaf * 1f : leaf)];
        Tensor output = call.Apply(inner);
        double[][] functionals = Draw(random, tasks, output.Shape.Length);
        Tensor[] losses = [.. functionals.Select(c => (output * Constant(c, output.Shape)).Sum())];

        int[] wanted = Wanted(call);
        var rows = new TaskGradients(tasks, new ParameterLayout(wanted.Select(m => leaves[m]), []));
        tape.Backward(losses, rows);
        Tensor[] jacobians = tape.Gradients(losses, [.. wanted.Select(m => inner[m])]);

        int offset = 0;
        for (int w = 0; w < wanted.Length; w++)
        {
            int length = leaves[wanted[w]].Shape.Length;
            double[][] expected = FiniteDifferences.First(call.Reference, Denses(call), [wanted[w]], functionals);
            for (int k = 0; k < tasks; k++)
            {
                Near($"row {k} of {tasks}, input {wanted[w]}", expected[k], rows.Row(k).Slice(offset, length), FirstTolerance);
                Near($"jacobian {k} of {tasks}, input {wanted[w]}", expected[k], jacobians[w].Span.Slice(k * length, length), FirstTolerance);
            }

            offset += length;
        }
    }

    /// <summary>Tasks that do not reach the operation have rows of exact zeros; those that reach it twice add up.</summary>
    public static void Sparsity(OpCase call, RandomStream random)
    {
        Tensor[] leaves = call.Leaves();
        Tensor other = Tensor.Full(0.5f, 3).WithGradient();
        using var tape = new Tape();
        Tensor output = call.Apply(leaves);
        double[][] functionals = Draw(random, 3, output.Shape.Length);
        Tensor[] losses =
        [
            (other * other).Sum(),
            Loss(0) + other.Sum(),
            Tensor.Scalar(1f) * 2f,
            Loss(1) * 2f,
            (other * 3f).Sum() + Loss(2) + (2f * Loss(0)),
        ];
        double[][] factors = [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 2, 0], [2, 0, 1]];
        float[] others = [1f, 1f, 0f, 0f, 3f];

        int[] wanted = Wanted(call);
        var rows = new TaskGradients(losses.Length, new ParameterLayout([.. wanted.Select(m => leaves[m]), other], []));
        tape.Backward(losses, rows);
        int offset = 0;
        foreach (int m in wanted)
        {
            int length = leaves[m].Shape.Length;
            double[][] basis = FiniteDifferences.First(call.Reference, Denses(call), [m], functionals);
            for (int k = 0; k < losses.Length; k++)
            {
                double[] expected = [.. Enumerable.Range(0, length).Select(i => factors[k].Select((f, j) => f * basis[j][i]).Sum())];
                ReadOnlySpan<float> actual = rows.Row(k).Slice(offset, length);
                Near($"sparse row {k}, input {m}", expected, actual, 3 * FirstTolerance);
                if (factors[k].All(f => f == 0)) Assert.False(actual.ContainsAnyExcept(0f), $"row {k} of a task that does not reach the operation is not zero");
            }

            offset += length;
        }

        for (int k = 0; k < losses.Length; k++) Assert.Equal(Enumerable.Repeat(others[k], 3), rows.Row(k).Slice(offset, 3).ToArray());

        Tensor Loss(int j) => (output * Constant(functionals[j], output.Shape)).Sum();
    }

    /// <summary>The gradient of a random functional of the first gradients equals mixed finite differences.</summary>
    public static void Second(OpCase call, int tasks, RandomStream random)
    {
        Tensor[] leaves = call.Leaves();
        using var tape = new Tape();
        Tensor output = call.Apply(leaves);
        double[][] functionals = Draw(random, tasks, output.Shape.Length);
        Tensor[] losses = [.. functionals.Select(c => (output * Constant(c, output.Shape)).Sum())];
        int[] wanted = Wanted(call);
        Tensor[] first = tape.Gradients(losses, [.. wanted.Select(m => leaves[m])], createGraph: true);

        // directions[k][m]: weights of the gradient of loss k with respect to input m; zero for constants.
        double[][][] directions = [.. Enumerable.Range(0, tasks).Select(_ => call.Inputs.Select(input => input.Differentiable ? Draw(random, 1, input.Values.Length)[0] : new double[input.Values.Length]).ToArray())];
        Tensor functional = Tensor.Scalar(0f) * 1f;
        for (int w = 0; w < wanted.Length; w++)
        {
            double[] stacked = [.. directions.SelectMany(d => d[wanted[w]])];
            functional += (first[w] * Constant(stacked, first[w].Shape)).Sum();
        }

        // Stacked twice, so that the second sweep too carries more than one row.
        Tensor[] second = tape.Gradients([functional, functional * -2f], [.. wanted.Select(m => leaves[m])]);
        for (int w = 0; w < wanted.Length; w++)
        {
            double[] expected = FiniteDifferences.Second(call.Reference, Denses(call), wanted[w], functionals, directions);
            Near($"second order, input {wanted[w]}", expected, second[w].Span[..expected.Length], SecondTolerance);
            Near($"second order twice, input {wanted[w]}", [.. expected.Select(v => -2 * v)], second[w].Span[expected.Length..], SecondTolerance);
        }
    }

    /// <summary>Inputs that are views into the middle of larger leaves give the same values, and gradients in the right place only.</summary>
    public static void Views(OpCase call, bool differentiable, RandomStream random)
    {
        const int Before = 3, After = 2;
        Tensor[] whole = [.. call.Inputs.Select(input => Padded(input, Before, After))];
        using var tape = new Tape();
        Tensor[] views = [.. call.Inputs.Select((input, m) => whole[m].Slice(0, Before, input.Values.Length).Reshape(new Shape(input.Shape)))];
        Tensor output = call.Apply(views);
        Compare("value of views", call.Reference(Denses(call)), output);
        int[] wanted = Wanted(call);
        if (!differentiable || wanted.Length == 0) return;
        double[][] functionals = Draw(random, 1, output.Shape.Length);
        Tensor loss = (output * Constant(functionals[0], output.Shape)).Sum();
        Tensor[] gradients = tape.Gradients([loss], [.. wanted.Select(m => whole[m])]);
        for (int w = 0; w < wanted.Length; w++)
        {
            double[] expected = FiniteDifferences.First(call.Reference, Denses(call), [wanted[w]], functionals)[0];
            Near($"view, input {wanted[w]}", [.. new double[Before], .. expected, .. new double[After]], gradients[w].Span, FirstTolerance);
        }
    }

    /// <summary>One tensor in the place of two inputs of the same shape receives both shares. False when there is no such pair.</summary>
    public static bool Alias(OpCase call, RandomStream random)
    {
        (int first, int second) = Pair(call);
        if (second < 0) return false;
        OpInput[] inputs = [.. call.Inputs];
        inputs[second] = inputs[first];
        OpCase shared = call with { Inputs = inputs };
        Tensor[] leaves = shared.Leaves();
        using var tape = new Tape();
        leaves[second] = leaves[first];
        Tensor output = call.Apply(leaves);
        double[][] functionals = Draw(random, 2, output.Shape.Length);
        Tensor[] losses = [.. functionals.Select(c => (output * Constant(c, output.Shape)).Sum())];
        int[] wanted = [.. Wanted(shared).Where(m => m != second)];
        Tensor[] gradients = tape.Gradients(losses, [.. wanted.Select(m => leaves[m])]);
        for (int w = 0; w < wanted.Length; w++)
        {
            int m = wanted[w], length = leaves[m].Shape.Length;
            double[][] expected = FiniteDifferences.First(call.Reference, Denses(shared), m == first ? [first, second] : [m], functionals);
            for (int k = 0; k < 2; k++) Near($"aliased inputs {first} and {second}, input {m}, row {k}", expected[k], gradients[w].Span.Slice(k * length, length), 2 * FirstTolerance);
        }

        return true;
    }

    /// <summary>Bytes that a warmed-up forward and two-task backward asks of the garbage collector.</summary>
    public static long Allocated(OpCase call)
    {
        Tensor[] leaves = call.Leaves();
        int length = call.Apply(call.Constants()).Shape.Length;
        Tensor left = Tensor.Full(0.5f, length), right = Tensor.Full(-2f, length);
        var rows = new TaskGradients(2, new ParameterLayout(Wanted(call).Select(m => leaves[m]), []));
        using var tape = new Tape();
        const int WarmUp = 6, Measured = 4;
        long before = 0;
        for (int step = 0; step < WarmUp + Measured; step++)
        {
            if (step == WarmUp) before = GC.GetAllocatedBytesForCurrentThread();
            tape.Reset();
            Tensor flat = call.Apply(leaves).Reshape(length);
            tape.Backward([(flat * left).Sum(), (flat * right).Sum()], rows);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    /// <summary>All bits of the value and of a two-task sweep, to be compared between thread counts.</summary>
    public static int[] Bits(OpCase call, bool differentiable)
    {
        Tensor[] leaves = call.Leaves();
        using var tape = new Tape();
        Tensor output = call.Apply(leaves);
        var bits = new List<float>(output.ToArray());
        if (differentiable)
        {
            double[][] functionals = Draw(new RandomStream(1), 2, output.Shape.Length);
            Tensor[] losses = [.. functionals.Select(c => (output * Constant(c, output.Shape)).Sum())];
            foreach (Tensor gradient in tape.Gradients(losses, [.. Wanted(call).Select(m => leaves[m])])) bits.AddRange(gradient.ToArray());
        }

        return [.. bits.Select(BitConverter.SingleToInt32Bits)];
    }

    private static (int First, int Second) Pair(OpCase call)
    {
        for (int i = 0; i < call.Inputs.Length; i++)
        {
            for (int j = i + 1; j < call.Inputs.Length; j++)
            {
                if (call.Inputs[i].Differentiable && call.Inputs[j].Differentiable && call.Inputs[i].Shape.SequenceEqual(call.Inputs[j].Shape)) return (i, j);
            }
        }

        return (-1, -1);
    }

    private static int[] Wanted(OpCase call) => [.. Enumerable.Range(0, call.Inputs.Length).Where(m => call.Inputs[m].Differentiable)];

    private static Dense[] Denses(OpCase call) => [.. call.Inputs.Select(input => input.ToDense())];

    private static double[][] Draw(RandomStream random, int rows, int length)
        => [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, length).Select(_ => (double)((2f * random.NextSingle()) - 1f)).ToArray())];

    private static Tensor Constant(double[] values, Shape shape)
    {
        Tensor tensor = Tensor.Zeros(shape);
        for (int i = 0; i < values.Length; i++) tensor.Span[i] = (float)values[i];
        return tensor;
    }

    private static Tensor Padded(OpInput input, int before, int after)
    {
        Tensor tensor = Tensor.Full(7f, before + input.Values.Length + after);
        input.Values.CopyTo(tensor.Span[before..]);
        return input.Differentiable ? tensor.WithGradient() : tensor;
    }

    private static void Compare(string what, Dense expected, Tensor actual)
    {
        Assert.Equal(new Shape(expected.Shape), actual.Shape);
        Near(what, expected.Values, actual.Span, ValueTolerance);
    }

    private static void Near(string what, double[] expected, ReadOnlySpan<float> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        double allowed = tolerance * (1 + expected.Select(Math.Abs).DefaultIfEmpty().Max());
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= allowed)) Assert.Fail($"{what}: element {i} is {actual[i]}, expected {expected[i]} within {allowed}");
        }
    }
}
