using Polymath.Learning;
using Polymath.Learning.Reporting;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Tabular.Runs;

/// <summary>What a run found out, and the files that hold it.</summary>
/// <param name="Fit">The multi-task fit.</param>
/// <param name="Validation">Its scores on the validation rows; empty without any.</param>
/// <param name="Test">Its scores on the test rows; empty without any.</param>
/// <param name="Headline">Its predictions by task on the rows that results are quoted from; empty without any.</param>
/// <param name="Singles">The single-task baselines by task; empty without any.</param>
internal sealed record RunResults(FitResult Fit, IReadOnlyList<TaskScore> Validation, IReadOnlyList<TaskScore> Test, float[][] Headline, IReadOnlyList<SingleTaskFit?> Singles)
{
    private const string MultiTask = "multi-task", SingleTask = "single-task";

    /// <summary>Scores a fitted model on all rows that were held back.</summary>
    public static RunResults Of(FitResult fit, TabularModel model, TabularData data, List<string> notes)
    {
        var results = new RunResults(
            fit,
            data.Validation is null ? [] : Evaluation.Score(model, data.Validation),
            data.Test is null ? [] : Evaluation.Score(model, data.Test),
            data.Headline is null ? [] : Evaluation.Predict(model, data.Headline),
            []);
        CheckPredictions(model, data, notes);
        return results;
    }

    /// <summary>The predictions for one task on the rows that results are quoted from; empty without any.</summary>
    public float[] HeadlineOf(int task) => Headline.Length == 0 ? [] : Headline[task];

    /// <summary>Writes everything but the settings; the first result is that of the model that is kept.</summary>
    public static void Write(IReadOnlyList<RunResults> seeds, RunFolder folder, TabularData data, TabularModel model, RunReport report)
    {
        data.Encoder.Save(folder.Encoder);
        RunFolder.SaveModel(model, folder.Model);
        WriteMetrics(seeds, folder, data.Tasks);
        AtomicFile.WriteText(folder.ReportData, writer => writer.Write(report.ToJson()));
        AtomicFile.WriteText(folder.Report, writer => HtmlReport.Write(report, writer));
    }

    /// <summary>The epochs of a run that is still going on.</summary>
    public static void WriteEpochs(RunFolder folder, TaskSet tasks, IReadOnlyList<EpochRecord> history)
        => AtomicFile.WriteText(folder.Metrics, writer =>
        {
            foreach (EpochRecord record in history) writer.WriteLine(EpochRecordJson.Write(record, tasks));
        });

    // Nothing in these records depends on the clock, so an interrupted run ends with the same bytes.
    private static void WriteMetrics(IReadOnlyList<RunResults> seeds, RunFolder folder, TaskSet tasks)
        => AtomicFile.WriteText(folder.Metrics, writer =>
        {
            foreach (EpochRecord record in seeds[0].Fit.History) writer.WriteLine(EpochRecordJson.Write(record, tasks));
            for (int repeat = 0; repeat < seeds.Count; repeat++)
            {
                RunResults results = seeds[repeat];
                foreach (TaskScore score in results.Validation) writer.WriteLine(TaskScoreJson.Write("validation", MultiTask, repeat, score));
                foreach (TaskScore score in results.Test) writer.WriteLine(TaskScoreJson.Write("test", MultiTask, repeat, score));
                foreach (SingleTaskFit? single in results.Singles)
                {
                    if (single?.Validation is { } valid) writer.WriteLine(TaskScoreJson.Write("validation", SingleTask, repeat, valid));
                    if (single?.Test is { } held) writer.WriteLine(TaskScoreJson.Write("test", SingleTask, repeat, held));
                }
            }
        });

    /// <summary>A model that answers the same for every row has not learned; the report says so.</summary>
    private static void CheckPredictions(TabularModel model, TabularData data, List<string> notes)
    {
        const double Constant = 1e-6;
        float[][] predictions = Evaluation.Predict(model, data.Validation ?? data.Train);
        for (int task = 0; task < predictions.Length; task++)
        {
            Target target = data.Tasks[task];
            if (target.Kind == TaskKind.MultiClass || predictions[task].Length < 2) continue;
            double mean = predictions[task].Average(), deviation = Math.Sqrt(predictions[task].Average(value => (value - mean) * (value - mean)));
            if (deviation < Constant * target.Deviation) notes.Add($"Task '{target.Name}' is predicted the same for every row; try a higher learning rate, batch normalisation, or more epochs.");
        }
    }
}
