using System.Globalization;
using Polymath.Learning.Optimization;
using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AnisotropicScaling;

/// <summary>Negation: each task of a bench is forgotten with its own vector while the next task has to stay.</summary>
internal sealed class NegationStudy(string bench)
{
    private const double Rate = 1e-2;
    private const int Epochs = 20, StepsPerEpoch = 10;
    private readonly List<double> _before = [], _after = [], _controlBefore = [], _controlAfter = [];

    public void Run(MergingBench experts, int seed, CancellationToken cancellation)
    {
        for (int task = 0; task < experts.Tasks; task++)
        {
            int control = (task + 1) % experts.Tasks;
            var pool = new TaskVectorPool(experts.Theta0, [new(experts.NameOf(task), experts.TaskVectors[task])]);
            AtlasResult result = Atlas.Learn(experts.Encoder, pool, AtlasObjective.Negation(BenchTaskData.Supervised(experts, task, BenchSplit.Validation), BenchTaskData.Supervised(experts, control, BenchSplit.Validation)), new AtlasOptions { LearningRate = Rate, Schedule = LearningRateSchedule.Constant, Epochs = Epochs, StepsPerEpoch = StepsPerEpoch, Seed = (ulong)seed }, cancellation);
            _before.Add(experts.Accuracy(experts.Theta0, task, BenchSplit.Test));
            _after.Add(experts.Accuracy(result.Merged, task, BenchSplit.Test));
            _controlBefore.Add(experts.Accuracy(experts.Theta0, control, BenchSplit.Test));
            _controlAfter.Add(experts.Accuracy(result.Merged, control, BenchSplit.Test));
        }
    }

    public ReportTable Table()
        => new($"Negation on {bench}: test accuracy", ["", "pre-trained", "after"],
            [["task to forget", ReportCell.Over(_before, decimals: 3), ReportCell.Over(_after, decimals: 3)], ["control task", ReportCell.Over(_controlBefore, decimals: 3), ReportCell.Over(_controlAfter, decimals: 3)]]);

    public IEnumerable<ReproductionAssertion> Judge()
    {
        yield return new($"{bench}, negation: the task's accuracy falls by twenty points or more", _after.Average() <= _before.Average() - 0.2, string.Create(CultureInfo.InvariantCulture, $"{_after.Average():F3} against {_before.Average():F3}"), Required: false);
        yield return new($"{bench}, negation: the control keeps 95 % of its accuracy", _controlAfter.Average() >= 0.95 * _controlBefore.Average(), string.Create(CultureInfo.InvariantCulture, $"{_controlAfter.Average():F3} against {_controlBefore.Average():F3}"), Required: false);
    }
}
