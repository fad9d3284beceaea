using Polymath.Merging;
using Polymath.Merging.TaskVectors;
using Polymath.Reproductions.Merging;
using Polymath.Tensors;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>One encoder, three experts of it, two joint trainings, and the merges, over seeds.</summary>
internal sealed class PositionStudy
{
    public const string Base = "pre-trained", Joint = "joint training, proportional", Uniform = "joint training, tasks drawn equally", Average = "average of the experts", Arithmetic = "task arithmetic, best scale", Ties = "TIES 20 % mean, best scale", Position = "Self Positioning";
    private const int PreTrainingEpochs = 2, ProbePerTask = 400, EmbeddedAtOnce = 256;
    private const double HeldOut = 0.25;
    private readonly Dictionary<string, MethodScores> _byTask = new(StringComparer.Ordinal);

    /// <summary>Means over tasks, each relative to its expert.</summary>
    public MethodScores Relative { get; } = new();

    public List<SelfPositioningResult> Results { get; } = [];

    public IReadOnlyCollection<string> Tasks => _byTask.Keys;

    /// <summary>Probe losses of the point found, divided by that of the best of the uniform point and the experts.</summary>
    public IEnumerable<double> LossRatios => Results.Select(result => result.Loss / Math.Min(result.Trajectory[0].Loss, result.Vertices.Min(vertex => vertex.Loss)));

    /// <summary>Whether in every seed a search with one expert moved only the length.</summary>
    public bool OnlyLengthMoves { get; private set; } = true;

    /// <summary>The largest change of a weight between two weightings of three identical experts.</summary>
    public float IdenticalChange { get; private set; }

    public ReportCell Cell(string task, string method) => _byTask[task].Cell(method);

    /// <summary>A method's mean score of a task, relative to that of the task's expert.</summary>
    public double RelativeTo(string task, string method) => _byTask[task].Mean(method) / _byTask[task].Mean($"expert of {task}");

    public void Run(EmbeddingTexts texts, int seed, CancellationToken cancellation)
    {
        RandomStream random = new RandomStream((ulong)seed).Derive("self-positioning");
        EmbeddingTask[] tasks = texts.Draw(random.Derive("tasks"));
        var encoder = new BagEncoder(random.Derive("weights"));
        ContrastiveTraining.Run(encoder, ContrastiveTraining.Passes(ContrastiveTraining.Crops(texts.AllTraining(random.Derive("tasks")), random.Derive("crops")), PreTrainingEpochs, random.Derive("pre-training")), cancellation);
        ModelState theta0 = ModelState.From(encoder);
        ModelState Trained(IEnumerable<(TextPairs Pairs, int[] Rows)> batches)
        {
            theta0.CopyTo(encoder);
            ContrastiveTraining.Run(encoder, batches, cancellation);
            return ModelState.From(encoder);
        }

        ModelState[] experts = [.. tasks.Select((task, t) => Trained(ContrastiveTraining.Passes(task.Train, task.Epochs, random.Derive("expert").Derive((ulong)t))))];
        double[] own = [.. tasks.Select((task, t) => Score(encoder, experts[t], task))];
        void Measure(string method, ModelState model)
        {
            double[] scores = [.. tasks.Select(task => Score(encoder, model, task))];
            for (int t = 0; t < tasks.Length; t++)
            {
                if (!_byTask.TryGetValue(tasks[t].Name, out MethodScores? byMethod)) _byTask.Add(tasks[t].Name, byMethod = new());
                byMethod.Add(method, scores[t]);
            }

            Relative.Add(method, scores.Zip(own, (score, expert) => score / expert).Average());
        }

        Measure(Base, theta0);
        for (int t = 0; t < tasks.Length; t++) Measure($"expert of {tasks[t].Name}", experts[t]);
        Measure(Joint, Trained(ContrastiveTraining.Mixed(tasks, [.. tasks.Select(task => (double)task.Train.Count)], random.Derive("joint"))));
        Measure(Uniform, Trained(ContrastiveTraining.Mixed(tasks, [.. tasks.Select(_ => 1.0)], random.Derive("uniform"))));
        var pool = TaskVectorPool.Of(theta0, [.. tasks.Select((task, t) => (task.Name, experts[t]))]);
        ProbeTask[] probe = ProbeTask.Balanced([.. tasks.Select(task => new ProbeTask(task.Name, task.Train.Count, rows => ContrastiveTraining.Loss(encoder, task.Train, rows)))], ProbePerTask, HeldOut, (ulong)seed);
        TaskVector[] vectors = [.. pool.Vectors.Select(vector => vector.Vector)];
        Measure(Average, TaskVector.Sum(vectors).ApplyTo(theta0, 1f / vectors.Length));
        Measure(Arithmetic, BestScale(encoder, theta0, TaskVector.Sum(vectors), probe));
        Measure(Ties, BestScale(encoder, theta0, GlobalTies.Merge(vectors), probe));
        SelfPositioningResult result = SelfPositioning.Search(encoder, pool, probe, new SelfPositioningOptions { Seed = (ulong)seed }, cancellation);
        Measure(Position, result.Merged);
        Results.Add(result);
        CheckSpecialCases(encoder, theta0, pool, probe, seed, cancellation);
    }

    private void CheckSpecialCases(BagEncoder encoder, ModelState theta0, TaskVectorPool pool, ProbeTask[] probe, int seed, CancellationToken cancellation)
    {
        SelfPositioningResult alone = SelfPositioning.Search(encoder, new(theta0, [pool.Vectors[0]]), probe, new SelfPositioningOptions { Seed = (ulong)seed, Steps = 20, Patience = null }, cancellation);
        OnlyLengthMoves &= alone.Weights is [1.0];
        using var space = new TaskVectorSpace(encoder, new(theta0, [.. Enumerable.Range(0, 3).Select(copy => new NamedTaskVector($"copy {copy}", pool.Vectors[0].Vector))]), CoefficientGranularity.Isotropic);
        ModelState even = space.Merge([1f / 3, 1f / 3, 1f / 3]), uneven = space.Merge([0.7f, 0.1f, 0.2f]);
        for (int tensor = 0; tensor < even.Count; tensor++) IdenticalChange = Math.Max(IdenticalChange, System.Numerics.Tensors.TensorPrimitives.Distance<float>(even[tensor], uneven[tensor]));
    }

    /// <summary>The scale of 0.1, 0.2, ..., 1 with the least mean loss on the held-out part of the probe.</summary>
    private static ModelState BestScale(BagEncoder encoder, ModelState theta0, TaskVector vector, ProbeTask[] probe)
        => MergingBaselines.Scales.Select(scale => vector.ApplyTo(theta0, scale)).MinBy(model => ProbeLoss(encoder, model, probe))!;

    private static double ProbeLoss(BagEncoder encoder, ModelState model, ProbeTask[] probe)
    {
        model.CopyTo(encoder);
        using var tape = new Tape();
        using Tape.NoGradientScope quiet = Tape.NoGradient();
        const int Batch = 32;
        return probe.Average(task => Enumerable.Range(0, task.Validation!.Value.Rows / Batch).Average(batch => (double)task.Validation.Value.Loss([.. Enumerable.Range(batch * Batch, Batch)]).Item()));
    }

    private static double Score(BagEncoder encoder, ModelState model, EmbeddingTask task)
    {
        model.CopyTo(encoder);
        return task.Score(texts =>
        {
            using var tape = new Tape();
            using Tape.NoGradientScope quiet = Tape.NoGradient();
            float[][] rows = new float[texts.Count][];
            for (int start = 0; start < rows.Length; start += EmbeddedAtOnce, tape.Reset())
            {
                int[][] some = [.. texts.Skip(start).Take(EmbeddedAtOnce)];
                ReadOnlySpan<float> embedded = encoder.Forward(some).Span;
                for (int i = 0; i < some.Length; i++)
                {
                    float[] row = rows[start + i] = embedded.Slice(i * BagEncoder.Width, BagEncoder.Width).ToArray();
                    System.Numerics.Tensors.TensorPrimitives.Divide(row, Math.Max(1e-12f, System.Numerics.Tensors.TensorPrimitives.Norm<float>(row)), row);
                }
            }

            return rows;
        });
    }
}
