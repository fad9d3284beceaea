using System.Globalization;
using System.Text.Json;
using Polymath.Learning.Balancing;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>Commands that only look, and what they say as JSON.</summary>
public sealed class InspectionTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void A_weights_file_shows_tensors_types_shapes_and_norms()
    {
        string file = Path.Combine(trained.Run, "model.safetensors");
        string text = CommandLine.Succeed("inspect", file).Output;
        foreach (string part in (string[])["tensor", "F32", "[8, ", "norm", "polymath.model: shared-bottom"]) Assert.Contains(part, text, StringComparison.Ordinal);
        JsonElement tensors = Json("inspect", file).GetProperty("tensors");
        Assert.All(tensors.EnumerateArray(), tensor => Assert.True(tensor.GetProperty("norm").GetDouble() >= 0));
        Assert.All(Json("inspect", file, "--no-norms").GetProperty("tensors").EnumerateArray(), tensor => Assert.False(tensor.TryGetProperty("norm", out _)));
    }

    [Fact]
    public void A_run_shows_its_settings_tasks_and_size()
    {
        string text = CommandLine.Succeed("inspect", trained.Run).Output;
        foreach (string part in (string[])["finished", "shared-bottom", "epochs: 3", "amount", "regression", "high, low, middle", "parameters", "FLOPs/row"]) Assert.Contains(part, text, StringComparison.Ordinal);
        JsonElement json = Json("inspect", trained.Run);
        Assert.Equal("3", json.GetProperty("settings").GetProperty("epochs").GetString());
        Assert.Equal(3, json.GetProperty("tasks").GetArrayLength());
        Assert.True(json.GetProperty("parameters").GetInt64() > 0);
    }

    [Fact]
    public void A_run_shows_how_its_experts_are_used_as_reported_and_on_a_table()
    {
        using var folder = new TemporaryFolder();
        CommandLine.Succeed("train", trained.Data, "--out", folder["run"], "-t", "yes:binary", "-t", "amount", "-m", "home:groups=a:yes/b:amount,expert-hidden=8,lora-rank=2", "-e", "1");
        string reported = CommandLine.Succeed("inspect", folder["run"], "--experts").Output, measured = CommandLine.Succeed("inspect", folder["run"], "--experts", trained.Data).Output;
        foreach (string text in (string[])[reported, measured])
        {
            foreach (string part in (string[])["zeros", "1: amount.0", "gate of", "0: shared", "mean weights"]) Assert.Contains(part, text, StringComparison.Ordinal);
            Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        }

        Assert.StartsWith("experts on 200 rows", measured, StringComparison.Ordinal);
        Assert.Equal(200, Json("inspect", folder["run"], "--experts", trained.Data).GetProperty("rows").GetInt32());
        Refusal.Of(folder, ["no figures of experts"], "inspect", trained.Run, "--experts");
        Refusal.Of(folder, ["'shared-bottom' has no experts"], "inspect", trained.Run, "--experts", trained.Data);
        Refusal.Of(folder, ["expected the folder of a finished run"], "inspect", trained.Data, "--experts");
    }

    [Fact]
    public void A_table_shows_kinds_missing_and_ranges()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(change: rows => rows[3][0] = "?");
        string text = CommandLine.Succeed("inspect", data).Output;
        foreach (string part in (string[])["column", "numeric", "categorical", "red (", "200 rows, 6 columns"]) Assert.Contains(part, text, StringComparison.Ordinal);
        JsonElement a = Json("inspect", data).GetProperty("columns")[0];
        Assert.Equal(1, a.GetProperty("missing").GetInt32());
        Assert.Equal("numeric", a.GetProperty("kind").GetString());
        Assert.Equal("categorical", Json("inspect", data, "--categorical", "a").GetProperty("columns")[0].GetProperty("kind").GetString());
        Assert.Equal(5, Json("inspect", data, "--drop", "a").GetProperty("columns").GetArrayLength());
    }

    [Fact]
    public void Registries_are_listed_in_full()
    {
        Assert.Equal(TabularModels.All.Select(model => model.Name), Json("models").GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
        Assert.Equal(Balancers.All.Select(balancer => balancer.Name), Json("balancers").GetProperty("balancers").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
        string text = CommandLine.Succeed("models").Output + CommandLine.Succeed("balancers").Output + string.Concat(Balancers.All.Select(balancer => CommandLine.Succeed("balancers", balancer.Name).Output));
        Assert.All(TabularModels.All, model => Assert.Contains(model.Title, text, StringComparison.Ordinal));
        Assert.All(Balancers.All.SelectMany(balancer => balancer.Parameters), parameter => Assert.Contains($"{parameter.Name}={(parameter.Default.Length == 0 ? "1/K" : parameter.Default)}", text, StringComparison.Ordinal));
        Assert.Contains("1 backward pass a step", text, StringComparison.Ordinal);
        Assert.Contains("did you mean 'cagrad'?", CommandLine.Run("balancers", "cagard").Error, StringComparison.Ordinal);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Training_and_prediction_answer_in_JSON()
    {
        using var folder = new TemporaryFolder();
        JsonElement report = Json("train", trained.Data, "--out", folder["run"], "-t", "yes", "-m", TrainedFolder.Model, "-e", "1");
        Assert.Equal("yes", report.GetProperty("tasks")[0].GetProperty("name").GetString());
        string[] lines = CommandLine.Succeed("predict", trained.Run, trained.Data, "--json").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(200, lines.Length);
        foreach (string line in lines)
        {
            using JsonDocument row = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.Number, row.RootElement.GetProperty("yes").ValueKind);
            Assert.Equal(JsonValueKind.String, row.RootElement.GetProperty("kind").ValueKind);
            Assert.Equal(JsonValueKind.Number, row.RootElement.GetProperty("kind=high").ValueKind);
        }
    }

    [Fact]
    public void Generated_tables_have_the_size_asked_for_and_repeat()
    {
        using var folder = new TemporaryFolder();
        string[] command = ["generate", "multitab", "--tasks", "3", "--features", "5", "--rows", "20", "--degrees", "1,2,3", "--noise", "0.1", "--seed", "4"];
        string shown = CommandLine.Succeed(command).Output;
        Assert.Equal("x0,x1,x2,x3,x4,y0,y1,y2", shown.Split('\n')[0]);
        Assert.Equal(21, shown.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        CommandLine.Succeed([.. command, "--out", folder["data.csv"], "--test-out", folder["test.csv"], "--test-rows", "7"]);
        Assert.Equal(shown, File.ReadAllText(folder["data.csv"]));
        Assert.Equal(8, File.ReadAllLines(folder["test.csv"]).Length);
    }

    [Fact]
    public void Generated_tables_take_a_matrix_of_correlations_and_validation_rows_of_their_own()
    {
        using var folder = new TemporaryFolder();
        string matrix = folder.Write("correlations.csv", "1, 0.5, -0.2\n0.5, 1, 0\n-0.2, 0, 1\n");
        string[] command = ["generate", "multitab", "--correlation-matrix", matrix, "--features", "4", "--rows", "4000", "--degrees", "1", "--noise", "0", "--out", folder["data.csv"]];
        CommandLine.Succeed([.. command, "--validation-out", folder["valid.csv"], "--validation-rows", "9", "--test-out", folder["test.csv"], "--test-rows", "7"]);
        Assert.Equal("x0,x1,x2,x3,y0,y1,y2", File.ReadLines(folder["data.csv"]).First());
        Assert.Equal((10, 8), (File.ReadAllLines(folder["valid.csv"]).Length, File.ReadAllLines(folder["test.csv"]).Length));
        double[][] y = [.. File.ReadLines(folder["data.csv"]).Skip(1).Select(line => line.Split(',').Skip(4).Select(text => double.Parse(text, CultureInfo.InvariantCulture)).ToArray())];

        // Targets of degree 1 without noise are w . x with x ~ N(0, I), so that their covariance is W W^T; 4000 rows leave an error of about 0.02.
        Assert.Equal(0.5, y.Average(row => row[0] * row[1]), 0.1);
        Assert.Equal(-0.2, y.Average(row => row[0] * row[2]), 0.1);
        Assert.Equal(0, y.Average(row => row[1] * row[2]), 0.1);
    }

    [Theory]
    [InlineData("1, 0.5\n0.5\n", "line 2", "found 1 numbers")]
    [InlineData("1, half\nhalf, 1\n", "line 1", "'half'")]
    [InlineData("1, 0.5\n", "1 lines of 2 numbers", "square")]
    [InlineData("1, 0.9, -0.9\n0.9, 1, 0.9\n-0.9, 0.9, 1\n", "positive semi-definite")]
    [InlineData("1, 0.5\n0.5, 2\n", "[1, 1]", "1 on the diagonal")]
    public void A_matrix_that_is_none_gets_one_sentence(string text, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, mentions, "generate", "multitab", "--correlation-matrix", folder.Write("matrix.csv", text), "--features", "4", "--rows", "5", "--out", folder["data.csv"]);
    }

    [Fact]
    public void Help_and_version_go_to_standard_output()
    {
        Assert.StartsWith("polymath ", CommandLine.Succeed("--version").Output, StringComparison.Ordinal);
        string help = CommandLine.Succeed("--help").Output;
        Assert.Equal(help, CommandLine.Succeed().Output);
        foreach (string command in (string[])["train", "predict", "evaluate", "inspect", "generate", "models", "balancers"])
        {
            Assert.Contains($"  {command} ", help, StringComparison.Ordinal);
            string page = CommandLine.Succeed(command, "--help").Output;
            Assert.Contains($"Usage: polymath {command}", page, StringComparison.Ordinal);
            Assert.Contains("--json", page, StringComparison.Ordinal);
            Assert.Contains("--help", page, StringComparison.Ordinal);
        }
    }

    private static JsonElement Json(params string[] command)
    {
        using JsonDocument document = JsonDocument.Parse(CommandLine.Succeed([.. command, "--json"]).Output);
        return document.RootElement.Clone();
    }
}
