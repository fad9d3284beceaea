using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Polymath.Benchmarks.Boosting;
using Polymath.Benchmarks.Comparison;
using Polymath.Benchmarks.Merging;

namespace Polymath.Benchmarks;

/// <summary>Micro-benchmarks by default; <c>compare</c> is what <c>bench/run</c> calls; <c>throughput</c> and <c>ridge</c> are measurements that docs/results quotes, <c>profile</c> says where a step's time goes, <c>memory</c> its activations, <c>forms</c> what the forms of the tasks' gradients cost, <c>balancers</c> what a step costs with each balancer, <c>boosting</c> what trees cost beside XGBoost's, <c>merge-methods</c> what merging a tensor costs, <c>sparse-tables</c> what the size of a table costs a training, and <c>merging</c> what merges cost beside <c>cp</c> and PyTorch.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        switch (arguments.FirstOrDefault())
        {
            case "compare": return CompareCommand.Run(arguments[1..]);
            case "throughput": return Throughput.Run(arguments[1..]);
            case "profile": return StepProfile.Run(arguments[1..]);
            case "memory": return StepMemoryTable.Run(arguments[1..]);
            case "forms": return GradientForms.Run(arguments[1..]);
            case "balancers": return BalancerCost.Run(arguments[1..]);
            case "boosting": return BoostingComparison.Run(arguments[1..]);
            case "boosting-side": return BoostingSide.Run(arguments[1..]);
            case "sparse-tables": return SparseTables.Run(arguments[1..]);
            case "merging": return MergingComparison.Run(arguments[1..]);
            case "merging-side": return MergingSide.Run(arguments[1..]);
            case "merge-methods": return MergeMethodThroughput.Run(arguments[1..]);
            case "ridge": return RidgeBaseline.Run(arguments[1..]);
        }

        // In process: the generated project of the default toolchain would inherit this repository's build rules.
        IConfig config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        return BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(arguments, config).Any() ? 0 : 2;
    }
}
