using System.Text.Json;
using Polymath.Learning.Balancing;

namespace Polymath.Tests.Balancing;

/// <summary>The rules that read losses or inner products, against what the reference libraries answered.</summary>
public sealed class GramianRuleGoldenTests
{
    public static TheoryData<string> LossOnlyFiles => SharedFiles.GoldenRows("balancers", "libmtl_gls", "libmtl_rlw", "torchjd_random", "torchjd_mean", "torchjd_sum", "torchjd_constant");

    public static TheoryData<string> ImpartialFiles => SharedFiles.GoldenRows("balancers", "libmtl_imtl", "torchjd_imtlg");

    public static TheoryData<string> BargainingFiles => SharedFiles.GoldenRows("balancers", "libmtl_nash_mtl", "torchjd_nashmtl");

    public static TheoryData<string> FairFiles => SharedFiles.GoldenRows("balancers", "libmtl_fairgrad");

    public static TheoryData<string> ProjectionFiles => SharedFiles.GoldenRows("balancers", "libmtl_aligned_mtl", "torchjd_alignedmtl", "torchjd_config", "torchjd_dualproj", "torchjd_krum");

    public static TheoryData<string> NormFiles => SharedFiles.GoldenRows("balancers", "libmtl_gradnorm");

    public static TheoryData<string> RepresentationFiles => SharedFiles.GoldenRows("balancers", "libmtl_repgrad_aligned_mtl", "libmtl_repgrad_imtl", "libmtl_repgrad_gradnorm");

    [Theory]
    [MemberData(nameof(LossOnlyFiles))]
    public void Weights_of_losses_alone_match_the_references(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            Balancer balancer = file switch
            {
                _ when file.StartsWith("libmtl_gls", StringComparison.Ordinal) => new GLS(),
                _ when file.StartsWith("libmtl_rlw", StringComparison.Ordinal) => new RandomLossWeighting { Draws = new RecordedDraws(one) },
                _ when file.StartsWith("torchjd_random", StringComparison.Ordinal) => new RandomWeighting { Draws = new RecordedDraws(one) },
                _ when file.StartsWith("torchjd_mean", StringComparison.Ordinal) => new MeanWeighting(),
                _ when file.StartsWith("torchjd_sum", StringComparison.Ordinal) => new SumWeighting(),
                _ => new ConstantWeighting(GoldenCase.Doubles(one.Inputs.TryGetProperty("weights", out JsonElement given) ? given : one.Expected.GetProperty("weights"))),
            };
            double[] weights = Weigh(one, balancer);
            one.CheckUpdate(weights);

            // LibMTL applies the geometric mean but reports another formula.
            if (balancer is GLS) weights = [.. one.Losses.Select(loss => loss / (one.Losses.Length * one.Losses.Aggregate(1.0, (product, other) => product * other)))];
            one.CheckWeights(weights);
        }
    }

    [Theory]
    [MemberData(nameof(ImpartialFiles))]
    public void IMTL_matches_the_references(string file)
    {
        bool lossPart = file.StartsWith("libmtl", StringComparison.Ordinal);
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            int n = one.Rows.Length;
            var balancer = new IMTL(lossPart, solver: lossPart ? IMTLSolver.Exact : IMTLSolver.TorchJD);
            balancer.Prepare(n);
            if (lossPart) GoldenCase.Singles(one.Inputs.GetProperty("initial_state").GetProperty("loss_scale")).CopyTo(balancer.Learnable, 0);
            double[] slopes = new double[n], weights = new double[n], gramian = new double[n * n];
            balancer.Slopes(Input(one), slopes);
            for (int i = 0; i < gramian.Length; i++) gramian[i] = one.Gramian[i] * slopes[i / n] * slopes[i % n];
            BalanceStatus status = balancer.Weigh(new BalanceInput { Losses = one.Losses, Gramian = gramian }, weights);
            if (one.Compare == "none")
            {
                Assert.NotEqual(BalanceStatus.Converged, status);
                Assert.All(weights, weight => Assert.True(double.IsFinite(weight), one.Where));
                continue;
            }

            one.CheckWeights(weights);
            one.CheckUpdate([.. weights.Zip(slopes, (weight, slope) => weight * slope)]);
            if (lossPart) CheckState(one, "loss_scale_grad", balancer.LearnableGradient);
        }
    }

    [Theory]
    [MemberData(nameof(BargainingFiles))]
    public void NashMTL_matches_the_references_step_by_step(string file)
    {
        foreach (GoldenCase sequence in GoldenCase.Load(file))
        {
            var balancer = new NashMTL((int)sequence.Number("update_weights_every", 1), sequence.Number("max_norm", 1));
            double[]? solved = null;
            foreach (GoldenCase one in sequence.Steps.Count > 0 ? sequence.Steps : [sequence])
            {
                double[] weights = Weigh(one, balancer), heads = new double[weights.Length];
                balancer.WeighHeads(weights, heads);
                if (one.Compare == "none") continue;
                bool exact = one.Compare == "float64_reference";
                JsonElement reference = exact ? one.Expected.GetProperty("float64_reference") : one.Expected;
                float[] update = new float[one.Gradients.Count];
                one.Gradients.Combine(weights, update);
                Near(one, Find(reference, "new_grad", "aggregation"), [.. update.Select(value => (double)value)]);
                if (exact ? reference.TryGetProperty("alpha", out JsonElement bargain) : reference.TryGetProperty("weights", out bargain)) Near(one, GoldenCase.Doubles(bargain), heads);
                solved = heads;
            }

            Assert.NotNull(solved);
        }
    }

    [Theory]
    [MemberData(nameof(FairFiles))]
    public void FairGrad_matches_the_exact_solution(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[] weights = new double[one.Rows.Length];
            BalanceStatus status = new FairGrad(one.Number("FairGrad_alpha", 1)).Weigh(Input(one), weights);
            Assert.Equal(one.Compare == "none" ? BalanceStatus.KeptPrevious : BalanceStatus.Converged, status);
            if (one.Compare == "none") continue;
            one.CheckWeights(weights);
            one.CheckUpdate(weights);
        }
    }

    [Theory]
    [MemberData(nameof(ProjectionFiles))]
    public void Rules_of_one_Gramian_match_the_references(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[]? preference = Preference(one);
            Balancer balancer = file switch
            {
                _ when file.StartsWith("libmtl_aligned_mtl", StringComparison.Ordinal) => new AlignedMTL(pref: preference),
                _ when file.StartsWith("torchjd_alignedmtl", StringComparison.Ordinal) => new AlignedMTL(Enum.Parse<AlignedScale>(one.Hyper.GetProperty("scale_mode").GetString()!, ignoreCase: true), AlignedForm.TorchJD, preference),
                _ when file.StartsWith("torchjd_config", StringComparison.Ordinal) => new ConFIG(preference),
                _ when file.StartsWith("torchjd_dualproj", StringComparison.Ordinal) => new DualProj(preference, one.Number("norm_eps", 1e-4), one.Number("reg_eps", 1e-4)),
                _ => new Krum((int)one.Number("n_byzantine", 1), (int)one.Number("n_selected", 1)),
            };
            if (one.Expected.TryGetProperty("official_error", out _))
            {
                Assert.Throws<BalancerException>(() => Weigh(one, balancer));
                continue;
            }

            double[] weights = Weigh(one, balancer);
            one.CheckUpdate(weights);
            if (one.Expected.TryGetProperty("weights", out _)) one.CheckWeights(weights);
        }
    }

    [Theory]
    [MemberData(nameof(NormFiles))]
    public void GradNorm_matches_the_reference(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            (GradNorm balancer, double[] weights) = WeighByNorm(one);
            one.CheckWeights(weights);
            one.CheckUpdate(weights);
            CheckState(one, "loss_scale_grad", balancer.LearnableGradient);
        }
    }

    [Theory]
    [MemberData(nameof(RepresentationFiles))]
    public void Rules_on_representations_weigh_batch_sums_and_combine_the_originals(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[] weights;
            if (file.StartsWith("libmtl_repgrad_gradnorm", StringComparison.Ordinal))
            {
                (GradNorm balancer, weights) = WeighByNorm(one);
                CheckState(one, "loss_scale_grad", balancer.LearnableGradient);
            }
            else
            {
                Balancer balancer = file.StartsWith("libmtl_repgrad_imtl", StringComparison.Ordinal) ? new IMTL() : new AlignedMTL();
                weights = Weigh(one, balancer);
                if (balancer is IMTL) CheckState(one, "loss_scale_grad", balancer.LearnableGradient);
            }

            one.CheckArray("weights", weights);
            double[][][] samples = [.. one.Inputs.GetProperty("rep_grads").EnumerateArray().Select(task => task.EnumerateArray().Select(GoldenCase.Doubles).ToArray())];
            double[][] expected = [.. one.Expected.GetProperty("new_grad").EnumerateArray().Select(GoldenCase.Doubles)];
            double[] actual = [.. expected.SelectMany((row, b) => row.Select((_, d) => Enumerable.Range(0, weights.Length).Sum(k => weights[k] * samples[k][b][d])))];
            Near(one, [.. expected.SelectMany(row => row)], actual);
        }
    }

    private static (GradNorm Balancer, double[] Weights) WeighByNorm(GoldenCase one)
    {
        JsonElement state = one.Inputs.GetProperty("initial_state");
        var balancer = new GradNorm(one.Number("alpha", 1.5));
        balancer.Prepare(one.Rows.Length);
        GoldenCase.Singles(state.GetProperty("loss_scale")).CopyTo(balancer.Learnable, 0);
        balancer.EndEpoch(0, [.. state.GetProperty("train_loss_buffer").EnumerateArray().Select(task => task[0].GetDouble())]);
        double[] weights = new double[one.Rows.Length];
        balancer.Weigh(new BalanceInput { Losses = one.Losses, Gramian = one.Gramian, Epoch = state.GetProperty("epoch").GetInt32() }, weights);
        return (balancer, weights);
    }

    private static double[]? Preference(GoldenCase one)
    {
        foreach (string key in (string[])["pref_vector", "pref"])
        {
            if (one.Inputs.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.Array) return GoldenCase.Doubles(value);
            if (one.Hyper.TryGetProperty(key, out value) && value.ValueKind == JsonValueKind.Array) return GoldenCase.Doubles(value);
        }

        return null;
    }

    private static BalanceInput Input(GoldenCase one) => new() { Losses = one.Losses, Gramian = one.Gramian };

    private static double[] Weigh(GoldenCase one, Balancer balancer)
    {
        double[] weights = new double[one.Rows.Length];
        balancer.Weigh(Input(one), weights);
        return weights;
    }

    private static double[] Find(JsonElement answer, string key, string otherwise)
        => GoldenCase.Doubles(answer.ValueKind == JsonValueKind.Array ? answer : answer.TryGetProperty(key, out JsonElement value) ? value : answer.GetProperty(otherwise));

    private static void CheckState(GoldenCase one, string key, float[] actual)
        => Near(one, GoldenCase.Doubles(one.Expected.GetProperty("state_after").GetProperty(key)), [.. actual.Select(value => (double)value)]);

    private static void Near(GoldenCase one, double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        double allowed = one.Tolerance * one.Scale(expected);
        for (int i = 0; i < expected.Length; i++) Assert.True(Math.Abs(actual[i] - expected[i]) <= allowed, $"{one.Where}: [{i}] is {actual[i]:R}, expected {expected[i]:R}, allowed {allowed:E2}");
    }

    private sealed class RecordedDraws(GoldenCase one) : INormalSource
    {
        public void Fill(Span<double> draws) => GoldenCase.Doubles(one.Inputs.GetProperty("normal")).CopyTo(draws);
    }
}
