namespace Polymath.Benchmarks.Comparison;

/// <summary>Steps with one gradient per task, and the parts of such a step.</summary>
internal static class GradientCases
{
    private const int RuleTasks = 8, GramianParameters = 4 << 20;
    private const double PeakTimeTarget = 1.25, RuleSeconds = 50e-6, BandwidthTarget = 0.80;
    private static readonly string[] s_balancers = ["pcgrad", "cagrad", "mgda", "upgrad"];
    private static readonly (int Tasks, double OverPeer)[] s_small = [(2, 2), (8, 4)];
    private static readonly int[] s_large = [2, 5, 10];

    public static CaseGroup Steps { get; } = new(
        "Gradient steps of K tasks",
        "Forward, K losses, K gradients, the rule and the combined gradient, without optimiser; `rows` stops at the K gradients. The peer is PyTorch: K times `backward(retain_graph=True)` into a K x P matrix, then the rule. FLOPs are those of K separate gradients, so that saved ones count as speed.",
        [
            .. from tasks in s_large from balancer in s_balancers.Prepend("rows") select Step(MlpSize.Large, tasks, balancer, new Goal(Yardstick.MatrixProductTime, balancer == "rows" ? double.NaN : PeakTimeTarget), new Goal(Yardstick.TunedPeer)),
            .. from entry in s_small from balancer in s_balancers.Prepend("rows") select Step(MlpSize.Small, entry.Tasks, balancer, new Goal(Yardstick.MatrixProductTime), new Goal(Yardstick.TunedPeer, balancer == "rows" ? double.NaN : entry.OverPeer)),
        ]);

    public static CaseGroup Rules { get; } = new(
        "Rules and the Gramian",
        $"The rule alone on Gramians of {RuleTasks} tasks, and the pass that makes one from {RuleTasks} rows of {GramianParameters:N0} floats.",
        [
            .. s_balancers.Select(balancer => new Case($"rule/K={RuleTasks}/{balancer}", () => new BalancerWorkload(balancer, RuleTasks)) { Goals = [new Goal(Yardstick.Seconds, RuleSeconds)] }),
            new Case($"gramian/K={RuleTasks}", () => new GramianWorkload(RuleTasks, GramianParameters)) { Bytes = (double)RuleTasks * GramianParameters * sizeof(float), Loop = MemoryLoop.Read, Goals = [new Goal(Yardstick.Bandwidth, BandwidthTarget)] },
        ]);

    private static Case Step(MlpSize size, int tasks, string balancer, params Goal[] goals) => new($"jacobian/batch={size.Batch}/K={tasks}/{balancer}", () => new GradientStepWorkload(balancer == "rows" ? null : balancer, tasks, size))
    {
        Peer = $"gradient-step {balancer} {tasks} {size}",
        Flops = size.GradientFlops(tasks),
        Goals = [.. goals, new Goal(Yardstick.InstalledPeer)],
    };
}
