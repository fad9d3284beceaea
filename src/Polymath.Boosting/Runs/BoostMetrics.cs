using System.Text;
using System.Text.Json;
using Polymath.Learning.Training;
using Polymath.Tensors;

namespace Polymath.Boosting.Runs;

/// <summary>metrics.jsonl: the losses of every iteration, then the final scores. Nothing in it depends on the clock.</summary>
internal static class BoostMetrics
{
    private const string MultiTask = "multi-task", SingleTask = "single-task";

    public static void Write(string path, BoostedModel model, BoostScores scores, BoostScores? singles)
        => AtomicFile.WriteText(path, writer =>
        {
            foreach (BoostingIteration iteration in model.History) writer.WriteLine(Line(iteration));
            Scores(scores, MultiTask);
            if (singles is not null) Scores(singles, SingleTask);

            void Scores(BoostScores of, string name)
            {
                foreach (TaskAnswers answers in of.Validation) writer.WriteLine(TaskScoreJson.Write("validation", name, 0, answers.Score()));
                foreach (TaskAnswers answers in of.Test) writer.WriteLine(TaskScoreJson.Write("test", name, 0, answers.Score()));
            }
        });

    private static string Line(BoostingIteration iteration)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("block", iteration.Block.ToString().ToLowerInvariant());
            json.WriteNumber("iteration", iteration.Iteration);
            Number(json, "trainingLoss", iteration.TrainingLoss);
            Number(json, "validationLoss", iteration.ValidationLoss);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
