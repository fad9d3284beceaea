using System.Text.Json;
using Polymath.Learning.Losses;

namespace Polymath.Tests.Spherical;

/// <summary>The factored matrix against the authors' unfactored step, in every mode and in both precisions of V.</summary>
public sealed class FactoredOutputGoldenTests
{
    // The fixtures print nine digits.
    private const double Printed = 1e-8;

    public static TheoryData<string, string, bool> ZLoss => Modes("factored_zloss_");

    public static TheoryData<string, string, bool> Generic => Modes("factored_generic_");

    [Theory]
    [MemberData(nameof(ZLoss))]
    public void Successive_steps_of_the_Z_loss_are_those_of_the_whole_matrix(string file, string mode, bool isDouble)
    {
        Fixture fixture = Fixture.Load(file);
        JsonElement inputs = fixture.Inputs, expected = fixture.Expected;
        int hidden = inputs.GetProperty("d").GetInt32(), classes = inputs.GetProperty("D").GetInt32();
        double eta = inputs.GetProperty("eta").GetDouble(), relative = isDouble ? 1e-6 : fixture.Tolerance.GetProperty("rel").GetDouble(), absolute = isDouble ? Printed : fixture.Tolerance.GetProperty("abs").GetDouble();
        SphericalLoss loss = SphericalLoss.Z(inputs.GetProperty("a").GetDouble(), inputs.GetProperty("b").GetDouble());
        FactoredMatrix matrix = Start(inputs.GetProperty("V"), classes, hidden, mode, isDouble);
        JsonElement[] batches = [.. inputs.GetProperty("H").EnumerateArray()], targets = [.. inputs.GetProperty("targets").EnumerateArray()], steps = [.. expected.GetProperty("steps").EnumerateArray()];
        for (int n = 0; n < steps.Length; n++)
        {
            FactoredStep step = matrix.Step;
            int[] chosen = Fixture.Integers(targets[n]);
            step.Begin(Fixture.Numbers(batches[n]), chosen, chosen.Length);
            matrix.Forward();
            double[] losses = new double[chosen.Length];
            for (int j = 0; j < chosen.Length; j++)
            {
                losses[j] = loss.Evaluate(step.TargetOutputs.Slice(j, 1), step.Squares[j], step.Sums[j], classes, step.TargetGradients.Slice(j, 1), out double squares, out double sum);
                (step.SquaresGradients[j], step.SumGradients[j]) = (squares, sum);
            }

            Check(steps[n], "target_output", step.TargetOutputs);
            Check(steps[n], "q", step.Squares);
            Check(steps[n], "s", step.Sums);
            Check(steps[n], "loss", losses);
            Check(steps[n], "grad_target", step.TargetGradients);
            Check(steps[n], "grad_q", step.SquaresGradients);
            Check(steps[n], "grad_s", step.SumGradients);
            matrix.Update(eta);
            Check(steps[n], "grad_H", step.HiddenGradient);
        }

        Check(expected, "W_final", Weights(matrix));
        Check(expected, "Q_final", matrix.Q);
        Check(expected, "w_bar_final", matrix.ColumnSums);

        void Check(JsonElement owner, string key, ReadOnlySpan<double> actual) => Fixture.Near(owner.GetProperty(key), actual, relative, absolute, $"{file} {mode} {key}");
    }

    [Theory]
    [MemberData(nameof(Generic))]
    public void Steps_for_given_gradients_of_several_targets_are_those_of_the_whole_matrix(string file, string mode, bool isDouble)
    {
        Fixture fixture = Fixture.Load(file);
        JsonElement inputs = fixture.Inputs;
        double eta = inputs.GetProperty("eta").GetDouble(), relative = isDouble ? 1e-7 : fixture.Tolerance.GetProperty("rel_to_max_abs").GetDouble();
        JsonElement rows = inputs.GetProperty("V");
        FactoredMatrix matrix = Start(rows, rows.GetArrayLength(), rows[0].GetArrayLength(), mode, isDouble);
        JsonElement[] steps = [.. fixture.Expected.GetProperty("steps").EnumerateArray()];
        for (int n = 0; n < steps.Length; n++)
        {
            FactoredStep step = matrix.Step;
            JsonElement batch = inputs.GetProperty("H")[n];
            step.Begin(Fixture.Numbers(batch), Fixture.Integers(inputs.GetProperty("K_indexes")[n]), batch.GetArrayLength());
            matrix.Forward();
            Check("A", step.TargetOutputs);
            Check("q", step.Squares);
            Check("s", step.Sums);
            Fixture.Numbers(inputs.GetProperty("grad_A")[n]).CopyTo(step.TargetGradients);
            Fixture.Numbers(inputs.GetProperty("grad_q")[n]).CopyTo(step.SquaresGradients);
            Fixture.Numbers(inputs.GetProperty("grad_s")[n]).CopyTo(step.SumGradients);
            matrix.Update(eta);
            Check("grad_H", step.HiddenGradient);
            Check("W", Weights(matrix));
            Check("Q", matrix.Q);
            Check("w_bar", matrix.ColumnSums);
            Near("omega_cpp", matrix.Omega, fixture.Tolerance.GetProperty("rel_to_max_abs").GetDouble());
            Near("U_cpp", matrix.U, fixture.Tolerance.GetProperty("rel_to_max_abs").GetDouble());

            void Check(string key, ReadOnlySpan<double> actual) => Near(key, actual, relative);
            void Near(string key, ReadOnlySpan<double> actual, double allowed) => Fixture.Near(steps[n].GetProperty(key), actual, allowed, 0, $"{file} {mode} step {n} {key}");
        }
    }

    private static TheoryData<string, string, bool> Modes(string prefix)
    {
        var rows = new TheoryData<string, string, bool>();
        foreach (string file in SharedFiles.GoldenRows("z-loss", prefix).Select(row => row.Data))
        {
            foreach (string mode in Enum.GetNames<InverseUpdate>())
            {
                rows.Add(file, mode, true);
                rows.Add(file, mode, false);
            }
        }

        return rows;
    }

    private static FactoredMatrix Start(JsonElement rows, int classes, int hidden, string mode, bool isDouble)
    {
        double[] v = Fixture.Numbers(rows);
        var matrix = new FactoredMatrix(ClassRows.Create(classes, hidden, isDouble), Enum.Parse<InverseUpdate>(mode));
        for (int r = 0; r < classes; r++) matrix.Rows.Write(r, v.AsSpan(r * hidden, hidden));
        matrix.Recompute();
        return matrix;
    }

    private static double[] Weights(FactoredMatrix matrix)
    {
        double[] weights = new double[matrix.Rows.Classes * matrix.Rows.Hidden];
        matrix.ReadWeights(0, matrix.Rows.Classes, new double[weights.Length], weights);
        return weights;
    }
}
