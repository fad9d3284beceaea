using Polymath.Learning.Balancing;

namespace Polymath.Tests.Balancing;

public sealed class ThreeBatchGoldenTests
{
    public static TheoryData<string> DoubleSamplingFiles => SharedFiles.GoldenRows("balancers", "libmtl_modo");

    public static TheoryData<string> DirectionFiles => SharedFiles.GoldenRows("balancers", "libmtl_sdmgrad");

    [Theory]
    [MemberData(nameof(DoubleSamplingFiles))]
    public void MoDo_matches_the_reference_over_several_steps(string file)
        => Check(file, hyper => new MoDo(hyper.Number("MoDo_gamma", 1e-3), hyper.Number("MoDo_rho", 0.1)));

    [Theory]
    [MemberData(nameof(DirectionFiles))]
    public void SDMGrad_matches_the_reference_over_several_steps(string file)
        => Check(file, hyper => new SDMGrad(hyper.Number("SDMGrad_lamda", 0.3), (int)hyper.Number("SDMGrad_niter", 20)));

    private static void Check(string file, Func<GoldenCase, ThreeBatchBalancer> create)
    {
        foreach (GoldenCase one in GoldenCase.Load(file))
        {
            Assert.NotEmpty(one.Steps);
            ThreeBatchBalancer balancer = create(one);
            foreach (GoldenCase step in one.Steps)
            {
                // A file may ask that every step start from the reference's state.
                if (step.Inputs.TryGetProperty("w_before", out System.Text.Json.JsonElement before))
                {
                    var state = new BalancerState();
                    state.Set("weights", GoldenCase.Doubles(before));
                    balancer.ReadState(state);
                }

                float[] combined = new float[step.Gradients.Count];
                balancer.Combine(new BalanceInput { Losses = step.Losses }, step.Batches, combined, new double[step.Rows.Length]);
                step.CheckArray("w_after", balancer.Carried.ToArray());
                step.CheckArray("new_grad", [.. combined.Select(value => (double)value)]);
            }
        }
    }
}
