using System.Globalization;
using Polymath.Learning.Optimization;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Reproductions.Home;

/// <summary>Trains every network on the same rows, seed by seed, scores it on test rows, and looks at what its experts did there.</summary>
internal sealed class HomeStudy(int seeds, int train, int test, int epochs, IReadOnlyList<Contestant> contestants)
{
    private const int BatchSize = 256;
    private const double LearningRate = 2e-3;
    private const string Metric = "auc";

    private readonly Dictionary<Contestant, Outcome[]> _outcomes = contestants.ToDictionary(contestant => contestant, _ => new Outcome[seeds]);

    /// <summary>The networks.</summary>
    public IReadOnlyList<Contestant> Contestants => contestants;

    /// <summary>Fits to do.</summary>
    public int Fits => seeds * contestants.Count;

    /// <summary>Trains everything.</summary>
    /// <param name="report">Told the fits done and the next one.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Run(Action<int, string> report, CancellationToken cancellation)
    {
        int done = 0;
        for (int seed = 0; seed < seeds; seed++)
        {
            var data = BehaviourSet.Draw(train, test, new RandomStream((ulong)seed).Derive("home"));
            foreach (Contestant contestant in contestants)
            {
                report(done++, string.Create(CultureInfo.InvariantCulture, $"{contestant.Name}, seed {seed + 1} of {seeds}"));
                TabularModel model = contestant.Create((ulong)seed);
                var trainer = new Trainer(model) { Optimizer = new Adam(LearningRate), Options = new TrainerOptions { Epochs = epochs, BatchSize = BatchSize, Seed = (ulong)seed, ConflictSamples = 0, Patience = 0 } };
                if (!trainer.Fit(data.Train, cancellation: cancellation).Completed) throw new OperationCanceledException(cancellation);
                double[] scores = [.. Evaluation.Score(model, data.Test).Select(score => score.Metrics[Metric])];
                _outcomes[contestant][seed] = new Outcome(model.ParameterCount, scores, model is IExpertModel experts ? ExpertDiagnostics.Of(experts, data.Test, test) : null);
            }
        }
    }

    /// <summary>Trained values of a network.</summary>
    public long Parameters(Contestant contestant) => _outcomes[contestant][0].Parameters;

    /// <summary>AUC by seed: of one task, or the mean of some.</summary>
    public double[] Auc(Contestant contestant, params string[] tasks) => [.. _outcomes[contestant].Select(outcome => (tasks.Length == 0 ? outcome.Scores : [.. tasks.Select(task => outcome.Scores[BehaviourSet.Tasks.IndexOf(task)])]).Average())];

    /// <summary>AUC of one network minus that of another by seed.</summary>
    public double[] Lead(Contestant ours, Contestant theirs, params string[] tasks) => [.. Auc(ours, tasks).Zip(Auc(theirs, tasks), (one, other) => one - other)];

    /// <summary>What the experts of a network did on the test rows, by seed.</summary>
    public ExpertReport[] Experts(Contestant contestant) => [.. _outcomes[contestant].Select(outcome => outcome.Experts!)];

    private sealed record Outcome(long Parameters, double[] Scores, ExpertReport? Experts);
}
