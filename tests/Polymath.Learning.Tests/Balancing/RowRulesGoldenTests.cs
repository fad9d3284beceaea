using System.Text.Json;
using Polymath.Learning.Balancing;

namespace Polymath.Tests.Balancing;

/// <summary>Rules on the rows, and rules with a memory, beside the recorded answers of LibMTL and TorchJD.</summary>
public sealed class RowRulesGoldenTests
{
    public static TheoryData<string> DualBalancingFiles => SharedFiles.GoldenRows("balancers", "libmtl_db_mtl");

    public static TheoryData<string> WeightAverageFiles => SharedFiles.GoldenRows("balancers", "libmtl_dwa");

    public static TheoryData<string> ExcessFiles => SharedFiles.GoldenRows("balancers", "libmtl_excessmtl");

    public static TheoryData<string> FamoFiles => SharedFiles.GoldenRows("balancers", "libmtl_famo");

    public static TheoryData<string> VaccineFiles => SharedFiles.GoldenRows("balancers", "libmtl_gradvac");

    public static TheoryData<string> CorrectionFiles => SharedFiles.GoldenRows("balancers", "libmtl_moco");

    public static TheoryData<string> TchebycheffFiles => SharedFiles.GoldenRows("balancers", "libmtl_stch");

    public static TheoryData<string> RepresentationDropFiles => SharedFiles.GoldenRows("balancers", "libmtl_repgrad_graddrop");

    public static TheoryData<string> ParameterDropFiles => SharedFiles.GoldenRows("balancers", "torchjd_graddrop");

    public static TheoryData<string> TrimmedFiles => SharedFiles.GoldenRows("balancers", "torchjd_trimmedmean");

    [Theory]
    [MemberData(nameof(DualBalancingFiles))]
    public void DB_MTL_repeats_the_steps(string file) => ForSteps(file, first => new DBMTL(first.Number("DB_beta", 0.9), first.Number("DB_beta_sigma", 0)), (balancer, step) =>
    {
        CheckUpdate(step, RandomTasks.Step(balancer, step.Rows, step.Losses).Update);
        CheckRows(step, "grad_buffer", State(balancer), "average");
    });

    [Theory]
    [MemberData(nameof(CorrectionFiles))]
    public void MoCo_repeats_the_steps(string file) => ForSteps(
        file,
        first => new MoCo(first.Number("MoCo_beta", 0.5), first.Number("MoCo_beta_sigma", 0.5), first.Number("MoCo_gamma", 0.1), first.Number("MoCo_gamma_sigma", 0.5), first.Number("MoCo_rho", 0)),
        (balancer, step) =>
        {
            (double[] weights, float[] update) = RandomTasks.Step(balancer, step.Rows, step.Losses);
            CheckUpdate(step, update);
            step.CheckArray("weights", weights);
            BalancerState state = State(balancer);
            Check(step, After(step, "lambd"), state.GetDoubles("lambda").ToArray());
            CheckRows(step, "y", state, "tracked");
        });

    [Theory]
    [MemberData(nameof(ExcessFiles))]
    public void ExcessMTL_repeats_the_steps(string file) => ForSteps(file, first => new ExcessMTL(first.Number("robust_step_size", 0.01)), (balancer, step) =>
    {
        (double[] weights, float[] update) = RandomTasks.Step(balancer, step.Rows, step.Losses);
        CheckUpdate(step, update);
        step.CheckArray("weights", weights);
        BalancerState state = State(balancer);
        Check(step, After(step, "loss_weight"), state.GetDoubles("weights").ToArray());
        Check(step, After(step, "initial_w"), state.GetDoubles("initial_risks").ToArray());
        CheckRows(step, "grad_sum", state, "gradient_squares");
    });

    [Theory]
    [MemberData(nameof(FamoFiles))]
    public void FAMO_repeats_the_steps(string file) => ForSteps(file, first => new FAMO(first.Number("FAMO_w_lr", 0.025), first.Number("FAMO_w_gamma", 1e-3)), (balancer, step) =>
    {
        if (!balancer.Logits.IsEmpty)
        {
            double sum = 0;
            foreach (double logit in balancer.Logits) sum += Math.Exp(logit);
            step.CheckArray("softmax_w_used", [.. balancer.Logits.ToArray().Select(logit => Math.Exp(logit) / sum)]);
        }

        CheckUpdate(step, RandomTasks.Step(balancer, step.Rows, step.Losses, lossesAfter: GoldenCase.Singles(step.Inputs.GetProperty("losses_after"))).Update);
        step.CheckArray("w_after", balancer.Logits.ToArray());
    });

    [Theory]
    [MemberData(nameof(TchebycheffFiles))]
    public void STCH_repeats_the_steps(string file) => ForSteps(file, first => new STCH(first.Number("STCH_mu", 1), (int)first.Number("STCH_warmup_epoch", 4)), (balancer, step) =>
    {
        CheckUpdate(step, RandomTasks.Step(balancer, step.Rows, step.Losses, epoch: step.Inputs.GetProperty("epoch").GetInt32()).Update);
        if (step.Expected.GetProperty("nadir").ValueKind != JsonValueKind.Null) Check(step, step.Expected.GetProperty("nadir"), [.. Enumerable.Range(0, step.Rows.Length).Select(balancer.Nadir)]);
    });

    [Theory]
    [MemberData(nameof(VaccineFiles))]
    public void GradVac_repeats_the_steps_for_recorded_orders(string file)
    {
        var orders = new OtherRows();
        int[] starts = [];
        ForSteps(file, first =>
        {
            starts = Starts(first);
            return new GradVac(first.Number("GradVac_beta", 0.5), (GradVacGroup)(int)first.Number("GradVac_group_type", 0)) { Orders = orders };
        }, (balancer, step) =>
        {
            orders.Permutations = step.Inputs.GetProperty("permutations");
            float[] update = new float[step.Gradients.Count];
            balancer.Combine(new BalanceInput { Losses = step.Losses, Gramian = step.Gramian, ModuleStarts = starts, TensorStarts = starts }, step.Gradients, update, new double[step.Rows.Length]);
            CheckUpdate(step, update);
            Check(step, After(step, "rho_T"), balancer.Targets.ToArray());
        });
    }

    [Theory]
    [MemberData(nameof(WeightAverageFiles))]
    public void DWA_weights_by_the_recorded_epochs(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            var balancer = new DWA(one.Number("T", 2));
            JsonElement initial = one.Inputs.GetProperty("initial_state");
            double[][] buffer = [.. initial.GetProperty("train_loss_buffer").EnumerateArray().Select(GoldenCase.Doubles)];
            int epoch = initial.GetProperty("epoch").GetInt32();
            for (int e = 0; e < epoch; e++) balancer.EndEpoch(e, [.. buffer.Select(task => task[e])]);
            (double[] weights, float[] update) = RandomTasks.Step(balancer, one.Rows, one.Losses, epoch: epoch);
            one.CheckArray("weights", weights);
            CheckUpdate(one, update);
        }
    }

    [Theory]
    [MemberData(nameof(RepresentationDropFiles))]
    public void GradDrop_drops_features_of_the_representation(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[][] values = [.. one.Inputs.GetProperty("rep").EnumerateArray().Select(GoldenCase.Doubles)];
            double[] gradients = Flatten(one.Inputs.GetProperty("rep_grads"));
            var balancer = new GradDrop([one.Number("leak", 0)]) { Draws = new Recorded(GoldenCase.Singles(one.Inputs.GetProperty("uniform"))) };
            var part = new RepresentationPart { Batch = values.Length, Values = (float[])[.. values.SelectMany(row => row).Select(value => (float)value)], Gradients = (float[])[.. gradients.Select(value => (float)value)] };
            float[] combined = new float[part.Values.Length];
            balancer.CombineRepresentation(new BalanceInput { Losses = one.Losses }, part, combined);
            Check(one, one.Expected.GetProperty("new_grad"), [.. combined.Select(value => (double)value)]);
        }
    }

    [Theory]
    [MemberData(nameof(ParameterDropFiles))]
    public void GradDrop_drops_columns_of_the_rows(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            double[]? leak = one.Inputs.TryGetProperty("leak", out JsonElement given) ? [.. GoldenCase.Doubles(given).Select(value => Math.Clamp(value, 0, 1))] : null;
            var balancer = new GradDrop(leak, GradDropLevel.Parameters) { Draws = new Recorded(GoldenCase.Singles(one.Inputs.GetProperty("uniform"))) };
            CheckUpdate(one, RandomTasks.Step(balancer, one.Rows, one.Losses).Update);
        }
    }

    [Theory]
    [MemberData(nameof(TrimmedFiles))]
    public void Trimmed_mean_matches_and_refuses_too_few_tasks(string file)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            var balancer = new TrimmedMean((int)one.Number("trim_number", 1));
            if (one.Expected.TryGetProperty("official_error", out _)) Assert.Throws<BalancerException>(() => RandomTasks.Step(balancer, one.Rows, one.Losses));
            else CheckUpdate(one, RandomTasks.Step(balancer, one.Rows, one.Losses).Update);
        }
    }

    private static void ForSteps<TBalancer>(string file, Func<GoldenCase, TBalancer> make, Action<TBalancer, GoldenCase> check)
        where TBalancer : Balancer
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            TBalancer balancer = make(one);
            Assert.NotEmpty(one.Steps);
            foreach (GoldenCase step in one.Steps) check(balancer, step);
        }
    }

    private static void CheckUpdate(GoldenCase one, float[] update) => one.CheckArray(one.Expected.TryGetProperty("new_grad", out _) ? "new_grad" : "aggregation", [.. update.Select(value => (double)value)]);

    private static JsonElement After(GoldenCase step, string name) => step.Expected.GetProperty("state_after").GetProperty(name);

    private static BalancerState State(Balancer balancer)
    {
        var state = new BalancerState();
        balancer.WriteState(state);
        return state;
    }

    private static void CheckRows(GoldenCase step, string key, BalancerState state, string name)
        => Check(step, After(step, key), [.. Enumerable.Range(0, step.Rows.Length).SelectMany(task => state.GetSingles($"{name}.{task}").ToArray()).Select(value => (double)value)]);

    private static void Check(GoldenCase one, JsonElement expected, double[] actual)
    {
        double[] values = Flatten(expected);
        Assert.Equal(values.Length, actual.Length);
        Assert.All(actual, value => Assert.True(double.IsFinite(value), $"{one.Where}: {value}"));
        if (values.Any(double.IsNaN)) return;
        double allowed = one.Tolerance * Math.Max(1e-12, values.Max(Math.Abs));
        for (int i = 0; i < values.Length; i++) Assert.True(Math.Abs(values[i] - actual[i]) <= allowed, $"{one.Where}: [{i}] is {actual[i]:R}, expected {values[i]:R}");
    }

    private static double[] Flatten(JsonElement values) => values.ValueKind == JsonValueKind.Array ? [.. values.EnumerateArray().SelectMany(Flatten)] : [values.ValueKind == JsonValueKind.Null ? double.NaN : values.GetDouble()];

    // A file with several groups says how many parameters each has, under one name or another.
    private static int[] Starts(GoldenCase one)
    {
        int parameters = one.Steps[0].Rows[0].Length, groups = After(one.Steps[0], "rho_T")[0][0].GetArrayLength();
        if (groups == 1) return [];
        foreach (JsonProperty property in one.Hyper.EnumerateObject().Concat(one.Inputs.EnumerateObject()))
        {
            if (property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() != groups || property.Value[0].ValueKind != JsonValueKind.Number) continue;
            int[] sizes = [.. property.Value.EnumerateArray().Select(size => size.GetInt32())];
            if (sizes.Sum() == parameters) return [.. sizes.Select((_, g) => sizes[..g].Sum())];
        }

        throw new InvalidDataException($"{one.Where}: {groups} groups of {parameters} parameters, but no list of their sizes.");
    }

    private sealed class OtherRows : IPermutationSource
    {
        public JsonElement Permutations { get; set; }

        public void Fill(int row, Span<int> order)
        {
            int i = 0;
            foreach (JsonElement index in Permutations[row].EnumerateArray()) order[i++] = index.GetInt32();
            if (i < order.Length) order[i] = row;
        }
    }

    private sealed class Recorded(float[] draws) : IUniformSource
    {
        public void Fill(Span<float> destination) => draws.CopyTo(destination);
    }
}
