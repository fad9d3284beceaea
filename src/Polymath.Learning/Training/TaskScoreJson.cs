using System.Text;
using System.Text.Json;

namespace Polymath.Learning.Training;

/// <summary>One final score as one line of JSON; numbers round-trip exactly, NaN is null.</summary>
public static class TaskScoreJson
{
    /// <summary>The line, without the newline.</summary>
    /// <param name="split">"validation" or "test".</param>
    /// <param name="model">"multi-task" or "single-task".</param>
    /// <param name="repeat">Which of the trainings with different seeds, from 0.</param>
    /// <param name="score">The score.</param>
    public static string Write(string split, string model, int repeat, TaskScore score)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("split", split);
            json.WriteString("model", model);
            json.WriteNumber("repeat", repeat);
            json.WriteString("task", score.Task);
            json.WriteString("primary", score.Primary);
            json.WriteNumber("observed", score.Observed);
            json.WriteStartObject("metrics");
            foreach ((string name, double value) in score.Metrics)
            {
                if (double.IsFinite(value)) json.WriteNumber(name, value);
                else json.WriteNull(name);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
