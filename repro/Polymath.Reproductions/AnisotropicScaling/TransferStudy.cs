using System.Globalization;
using Polymath.Learning.Optimization;
using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;
using Polymath.Tensors;

namespace Polymath.Reproductions.AnisotropicScaling;

/// <summary>Few-shot transfer: each task of the bench is left out in turn and reached from a few of its pictures, by the other tasks' vectors or by fine-tuning all weights.</summary>
internal sealed class TransferStudy(string bench)
{
    private const int Classes = 10, StepsPerEpoch = 11;
    private const double FineTuningRate = 2e-3, FineTuningDecay = 0.01;
    private static readonly int[] s_shots = [1, 4, 16];
    private readonly List<double> _zeroShot = [];
    private readonly Dictionary<int, List<double>> _composed = s_shots.ToDictionary(shots => shots, _ => new List<double>()), _tuned = s_shots.ToDictionary(shots => shots, _ => new List<double>());

    public void Run(MergingBench experts, int seed, CancellationToken cancellation)
    {
        for (int task = 0; task < experts.Tasks; task++)
        {
            _zeroShot.Add(experts.Accuracy(experts.Theta0, task, BenchSplit.Test));
            foreach (int shots in s_shots)
            {
                SupervisedTask few = Shots(experts, task, shots, new RandomStream((ulong)seed).Derive("shots").Derive((ulong)task));
                AtlasResult result = Atlas.Learn(experts.Encoder, BenchTaskData.Pool(experts).Without(experts.NameOf(task)), AtlasObjective.FewShot(few, shots), AtlasOptions.FewShot with { Seed = (ulong)seed }, cancellation);
                _composed[shots].Add(experts.Accuracy(result.Merged, task, BenchSplit.Test));
                _tuned[shots].Add(experts.Accuracy(FineTune(experts, few, seed, cancellation), task, BenchSplit.Test));
            }
        }
    }

    public ReportTable Table()
        => new($"Few-shot transfer on {bench}: test accuracy on the task left out", ["shots for each class", "pre-trained", "all weights fine-tuned", "aTLAS"],
            [.. s_shots.Select(shots => (IReadOnlyList<ReportCell>)[shots.ToString(CultureInfo.InvariantCulture), ReportCell.Over(_zeroShot, decimals: 3), ReportCell.Over(_tuned[shots], decimals: 3), ReportCell.Over(_composed[shots], decimals: 3)])]);

    public IEnumerable<ReproductionAssertion> Judge() => s_shots.Where(shots => shots <= 4).Select(shots =>
        new ReproductionAssertion($"{bench}, few-shot, {shots} for each class: aTLAS is ahead of fine-tuning all weights", _composed[shots].Average() > _tuned[shots].Average(), string.Create(CultureInfo.InvariantCulture, $"{_composed[shots].Average():F3} against {_tuned[shots].Average():F3}"), Required: false));

    /// <summary>So many training pictures of each class; the score is the accuracy on the validation pictures.</summary>
    private static SupervisedTask Shots(MergingBench experts, int task, int shots, RandomStream random)
    {
        int[] labels = BenchTaskData.Labels(experts, task, BenchSplit.Train), order = new int[labels.Length], held = BenchTaskData.Labels(experts, task, BenchSplit.Validation);
        random.FillPermutation(order);
        int[] chosen = [.. Enumerable.Range(0, Classes).SelectMany(label => order.Where(row => labels[row] == label).Take(shots))];
        RowForward all = BenchTaskData.Logits(experts, task, BenchSplit.Train), heldLogits = BenchTaskData.Logits(experts, task, BenchSplit.Validation);
        return SupervisedTask.Classification(experts.NameOf(task), Array.ConvertAll(chosen, row => labels[row]), rows => all([.. rows.ToArray().Select(row => chosen[row])])) with { Score = () => SupervisedTask.Accuracy(held, heldLogits) };
    }

    /// <summary>The same shots, steps and choice of epoch with every weight trained as the experts were.</summary>
    private static ModelState FineTune(MergingBench experts, SupervisedTask few, int seed, CancellationToken cancellation)
    {
        AtlasOptions options = AtlasOptions.FewShot;
        experts.Theta0.CopyTo(experts.Encoder);
        ModelState best = experts.Theta0;
        double highest = few.Score!();
        var layout = new ParameterLayout(experts.Encoder.NamedParameters().Select(entry => entry.Value.Value), []);
        Tensor values = layout.Pack();
        var gradient = new TaskGradients(layout);
        var optimizer = new AdamW(FineTuningRate, weightDecay: FineTuningDecay);
        RandomStream random = new RandomStream((ulong)seed).Derive("few-shot order");
        int batch = Math.Min(few.Rows, options.BatchSize);
        int[] order = new int[few.Rows];
        using var tape = new Tape();
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            for (int step = 0; step < StepsPerEpoch; step++, tape.Reset())
            {
                cancellation.ThrowIfCancellationRequested();
                random.FillPermutation(order);
                tape.Backward([few.Loss(order.AsSpan(0, batch))], [1.0], gradient, release: true);
                optimizer.Step(values.Span, gradient.Flat);
            }

            double score = few.Score();
            if (score <= highest) continue;
            highest = score;
            best = ModelState.From(experts.Encoder);
        }

        return best;
    }
}
