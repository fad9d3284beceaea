using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Polymath.Data;

namespace Polymath.Cli;

/// <summary>
/// Writes predictions as CSV, or one JSON object per line. Several targets: a column per task (the probability of a binary task, the
/// number of a regression, the class and one probability per class of a multi-class task). With a task column: the row's task
/// and its prediction.
/// </summary>
internal sealed class PredictionWriter
{
    private const string TaskName = "task", PredictionName = "prediction";
    private const char Delimiter = ',';
    private readonly IReadOnlyList<TaskDescription> _tasks;
    private readonly bool _byRow;
    private readonly TextWriter _output;
    private readonly bool _json;
    private readonly string[] _names;
    private bool _headed;

    public PredictionWriter(IReadOnlyList<TaskDescription> tasks, string? taskColumn, TextWriter output, bool json)
    {
        (_tasks, _byRow, _output, _json) = (tasks, taskColumn is not null, output, json);
        _names = [.. _byRow ? ColumnsOf(PredictionName, tasks[0]).Prepend(TaskName) : tasks.SelectMany(task => ColumnsOf(task.Name, task))];
    }

    /// <summary>Rows written.</summary>
    public long Rows { get; private set; }

    /// <summary>Writes the next rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="taskOfRow">Task of each row with a task column; null otherwise.</param>
    /// <param name="predictions">Per task, <c>[rows, task outputs]</c>; with a task column also a single array for all tasks, which then predicts rows of unknown tasks too.</param>
    public void Write(int rows, int[]? taskOfRow, float[][] predictions)
    {
        // Not before the first rows are there: a table that cannot be read leaves no output at all.
        if (!_headed && !_json) Line(_names);
        _headed = true;
        string[] cells = new string[_names.Length];
        for (int row = 0; row < rows; row++)
        {
            int at = 0;
            if (_byRow)
            {
                int task = taskOfRow is null ? -1 : taskOfRow[row];
                Array.Fill(cells, string.Empty);
                cells[at++] = task < 0 ? string.Empty : _tasks[task].Name;
                if (task >= 0) Fill(cells, ref at, _tasks[task], Outputs(predictions[predictions.Length == 1 ? 0 : task], _tasks[task], row));
                else if (predictions.Length == 1) Fill(cells, ref at, _tasks[0], Outputs(predictions[0], _tasks[0], row));
            }
            else
            {
                for (int task = 0; task < _tasks.Count; task++) Fill(cells, ref at, _tasks[task], Outputs(predictions[task], _tasks[task], row));
            }

            if (_json) JsonLine(cells);
            else Line(cells);
        }

        Rows += rows;
    }

    private static IEnumerable<string> ColumnsOf(string name, TaskDescription task)
        => task.Kind == TargetKind.Multiclass ? task.Classes.Select(label => $"{name}={label}").Prepend(name) : [name];

    private static ReadOnlySpan<float> Outputs(float[] predictions, TaskDescription task, int row) => predictions.AsSpan(row * task.Outputs, task.Outputs);

    private static void Fill(string[] cells, ref int at, TaskDescription task, ReadOnlySpan<float> outputs)
    {
        if (task.Kind == TargetKind.Multiclass)
        {
            int best = 0;
            for (int i = 1; i < outputs.Length; i++) if (outputs[i] > outputs[best]) best = i;
            cells[at++] = task.Classes[best];
        }

        foreach (float output in outputs) cells[at++] = output.ToString("R", CultureInfo.InvariantCulture);
    }

    private void Line(string[] cells)
    {
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) _output.Write(Delimiter);
            string cell = cells[i];
            if (cell.AsSpan().IndexOfAny(Delimiter, '"', '\n') < 0 && !cell.Contains('\r')) _output.Write(cell);
            else _output.Write($"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");
        }

        _output.Write('\n');
    }

    private void JsonLine(string[] cells)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            for (int i = 0; i < cells.Length; i++)
            {
                if (cells[i].Length > 0 && IsNumber(i)) json.WriteNumber(_names[i], float.Parse(cells[i], CultureInfo.InvariantCulture));
                else json.WriteString(_names[i], cells[i]);
            }

            json.WriteEndObject();
        }

        _output.Write(Encoding.UTF8.GetString(buffer.WrittenSpan));
        _output.Write('\n');
    }

    // Everything but the task label and the predicted class.
    private bool IsNumber(int column)
    {
        if (_byRow) return column > 0 && (column > 1 || _tasks[0].Kind != TargetKind.Multiclass);
        int at = 0;
        foreach (TaskDescription task in _tasks)
        {
            if (at == column && task.Kind == TargetKind.Multiclass) return false;
            at += task.Kind == TargetKind.Multiclass ? task.Outputs + 1 : 1;
        }

        return true;
    }
}
