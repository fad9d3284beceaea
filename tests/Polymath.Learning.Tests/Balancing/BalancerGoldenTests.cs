using System.Text.Json;
using Polymath.Learning.Balancing;

namespace Polymath.Tests.Balancing;

public sealed class BalancerGoldenTests
{
    public static TheoryData<string> EqualFiles => SharedFiles.GoldenRows("balancers", "libmtl_ew", "torchjd_sum", "torchjd_mean");

    public static TheoryData<string> UncertaintyFiles => SharedFiles.GoldenRows("balancers", "libmtl_uw");

    public static TheoryData<string> SurgeryFiles => SharedFiles.GoldenRows("balancers", "libmtl_pcgrad", "torchjd_pcgrad");

    public static TheoryData<string> ConflictAverseFiles => SharedFiles.GoldenRows("balancers", "libmtl_cagrad", "torchjd_cagrad");

    public static TheoryData<string> MinimumNormFiles => SharedFiles.GoldenRows("balancers", "libmtl_mgda");

    public static TheoryData<string> FrankWolfeFiles => SharedFiles.GoldenRows("balancers", "torchjd_mgda");

    public static TheoryData<string> RepresentationFiles => SharedFiles.GoldenRows("balancers", "libmtl_repgrad_mgda");

    public static TheoryData<string> ProjectionFiles => SharedFiles.GoldenRows("balancers", "libmtl_upgrad", "torchjd_upgrad");

    [Theory]
    [MemberData(nameof(EqualFiles))]
    public void Equal_weighting_matches_the_references(string file)
    {
        bool mean = file.StartsWith("torchjd_mean", StringComparison.Ordinal);
        foreach (GoldenCase one in GoldenCase.Load(file)) CheckBoth(one, new EqualWeighting(mean));
    }

    [Theory]
    [MemberData(nameof(UncertaintyFiles))]
    public void Uncertainty_weighting_matches_the_reference(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            var balancer = new UncertaintyWeighting();
            balancer.Prepare(one.Rows.Length);
            if (one.Inputs.TryGetProperty("initial_state", out JsonElement initial)) GoldenCase.Singles(initial.GetProperty("loss_scale")).CopyTo(balancer.Learnable, 0);
            CheckBoth(one, balancer);
            JsonElement after = one.Expected.GetProperty("state_after");
            CheckState(one, after.GetProperty("loss_scale"), balancer.Learnable);
            CheckState(one, after.GetProperty("loss_scale_grad"), balancer.LearnableGradient);
        }
    }

    [Theory]
    [MemberData(nameof(SurgeryFiles))]
    public void PCGrad_matches_the_references_for_recorded_orders(string file)
    {
        double eps = file.StartsWith("libmtl", StringComparison.Ordinal) ? 1e-8 : 0;
        foreach (GoldenCase one in GoldenCase.Load(file)) CheckBoth(one, new PCGrad(eps) { Orders = new RecordedOrders(one.Inputs.GetProperty("permutations")) });
    }

    [Theory]
    [MemberData(nameof(ConflictAverseFiles))]
    public void CAGrad_matches_the_references(string file)
    {
        bool libMtl = file.StartsWith("libmtl", StringComparison.Ordinal);
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            int n = one.Rows.Length;
            double[] dual = new double[n], weights = new double[n];
            Balancer balancer;
            if (libMtl)
            {
                var rescale = (CAGradRescale)(int)one.Number("rescale", 1);
                double c = one.Number("calpha", 0.5);
                CAGrad.LibMtlWeights(one.Gramian, c, rescale, dual, weights);
                one.CheckWeights(dual);
                balancer = new CAGrad(c, rescale);
            }
            else
            {
                double c = one.Number("c", 0.5), normEps = one.Number("norm_eps", 1e-4);
                CAGrad.TorchJDWeights(one.Gramian, c, normEps, dual, weights);
                one.CheckWeights(weights);
                balancer = new CAGrad(c, form: CAGradForm.TorchJD, normEps: normEps);
            }

            one.CheckUpdate(weights);
            Assert.Equal(weights, Weigh(one, balancer));
        }
    }

    [Theory]
    [MemberData(nameof(MinimumNormFiles))]
    public void MGDA_matches_the_exact_minimum_norm_point(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            var balancer = new MGDA(Normalization(one));
            double[] simplex = new double[one.Rows.Length], normalizers = new double[one.Rows.Length];
            balancer.SimplexWeights(Input(one), simplex, normalizers);
            one.CheckWeights(simplex);
            one.CheckUpdate(Combine(one, balancer));
        }
    }

    [Theory]
    [MemberData(nameof(MinimumNormFiles))]
    public void MGDA_with_the_libmtl_solver_repeats_the_official_answer(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            // Where the official answer is far from the exact one, its path depends on float32 rounding.
            if (one.Compare != "official" || one.Name.StartsWith("colinear", StringComparison.Ordinal)) continue;
            one.CheckUpdate(Weigh(one, new MGDA(Normalization(one), MGDASolver.LibMtl)));
        }
    }

    [Theory]
    [MemberData(nameof(FrankWolfeFiles))]
    public void MGDA_with_the_torchjd_solver_repeats_the_official_iteration(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            CheckBoth(one, new MGDA(solver: MGDASolver.TorchJD, epsilon: one.Number("epsilon", 1e-3), maxIterations: (int)one.Number("max_iters", 100)));
        }
    }

    [Theory]
    [MemberData(nameof(RepresentationFiles))]
    public void MGDA_on_representations_weighs_batch_sums_and_combines_the_originals(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[] simplex = new double[one.Rows.Length], normalizers = new double[one.Rows.Length];
            new MGDA(Normalization(one)).SimplexWeights(Input(one), simplex, normalizers);
            one.CheckArray("weights", simplex);
            double[][][] samples = [.. one.Inputs.GetProperty("rep_grads").EnumerateArray().Select(task => task.EnumerateArray().Select(GoldenCase.Doubles).ToArray())];
            double[][] expected = [.. one.Expected.GetProperty("new_grad").EnumerateArray().Select(GoldenCase.Doubles)];
            double scale = one.Scale([.. expected.SelectMany(row => row)]);
            for (int b = 0; b < expected.Length; b++)
            {
                for (int d = 0; d < expected[b].Length; d++)
                {
                    double actual = Enumerable.Range(0, simplex.Length).Sum(k => simplex[k] * samples[k][b][d]);
                    Assert.True(Math.Abs(actual - expected[b][d]) <= one.Tolerance * scale, $"{one.Where}: new_grad[{b}][{d}] is {actual}, expected {expected[b][d]}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(ProjectionFiles))]
    public void UPGrad_matches_the_references(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[]? preference = one.Inputs.TryGetProperty("pref_vector", out JsonElement pref) ? GoldenCase.Doubles(pref) : null;
            double normEps = one.Number("UPGrad_norm_eps", one.Number("norm_eps", 1e-4)), regEps = one.Number("UPGrad_reg_eps", one.Number("reg_eps", 1e-4));
            CheckBoth(one, new UPGrad(preference, normEps, regEps));
        }
    }

    private static MGDANormalization Normalization(GoldenCase one) => one.Hyper.GetProperty("mgda_gn").GetString() switch
    {
        "none" => MGDANormalization.None,
        "l2" => MGDANormalization.L2,
        "loss" => MGDANormalization.Loss,
        "loss+" => MGDANormalization.LossPlus,
        string other => throw new InvalidDataException($"{one.Where}: unknown mgda_gn {other}"),
        null => throw new InvalidDataException($"{one.Where}: mgda_gn is null"),
    };

    private static BalanceInput Input(GoldenCase one) => new() { Losses = one.Losses, Gramian = one.Gramian };

    private static double[] Weigh(GoldenCase one, Balancer balancer)
    {
        double[] weights = new double[one.Rows.Length];
        balancer.Weigh(Input(one), weights);
        return weights;
    }

    private static double[] Combine(GoldenCase one, Balancer balancer)
    {
        double[] weights = new double[one.Rows.Length];
        balancer.Combine(Input(one), one.Gradients, new float[one.Gradients.Count], weights);
        return weights;
    }

    private static void CheckBoth(GoldenCase one, Balancer balancer)
    {
        double[] weights = Weigh(one, balancer);
        one.CheckWeights(weights);
        one.CheckUpdate(weights);
    }

    private static void CheckState(GoldenCase one, JsonElement expected, float[] actual)
    {
        double[] values = GoldenCase.Doubles(expected);
        double scale = one.Scale(values);
        for (int i = 0; i < values.Length; i++) Assert.True(Math.Abs(actual[i] - values[i]) <= one.Tolerance * scale, $"{one.Where}: state[{i}] is {actual[i]}, expected {values[i]}");
    }

    private sealed class RecordedOrders(JsonElement permutations) : IPermutationSource
    {
        public void Fill(int row, Span<int> order)
        {
            int i = 0;
            foreach (JsonElement index in permutations[row].EnumerateArray()) order[i++] = index.GetInt32();
        }
    }
}
