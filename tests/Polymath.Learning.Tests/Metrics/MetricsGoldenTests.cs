using System.Text.Json;
using Polymath.Learning.Metrics;

namespace Polymath.Tests.Metrics;

public sealed class MetricsGoldenTests
{
    public static TheoryData<string> RankingFiles => SharedFiles.GoldenRows("recsys-base", "metrics_auc_gauc");

    public static TheoryData<string> GainFiles => SharedFiles.GoldenRows("recsys-base", "delta_m");

    [Theory]
    [MemberData(nameof(RankingFiles))]
    public void AUC_log_loss_and_grouped_AUC_match_the_references(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("recsys-base", file)));
        JsonElement inputs = document.RootElement.GetProperty("inputs"), expected = document.RootElement.GetProperty("expected");
        double[] y = Doubles(inputs.GetProperty("y")), p = Doubles(inputs.GetProperty("p"));
        int[] groups = [.. inputs.GetProperty("group").EnumerateArray().Select(group => group.GetInt32())];
        double tolerance = document.RootElement.GetProperty("tolerance").GetProperty("atol").GetDouble();
        foreach (JsonProperty metric in expected.EnumerateObject())
        {
            double actual = metric.Name switch
            {
                "auc" => BinaryMetrics.Auc<double>(y, p).Value,
                "logloss" => BinaryMetrics.LogLoss<double>(y, p).Value,
                "gauc" => BinaryMetrics.GroupAuc<double>(y, p, groups).Value,
                "avg_auc" => BinaryMetrics.GroupAuc<double>(y, p, groups, weightBySize: false).Value,
                _ => throw new InvalidDataException($"{file}: unknown metric {metric.Name}"),
            };
            Assert.Equal(metric.Value.GetDouble(), actual, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(GainFiles))]
    public void Multi_task_gains_match_the_reference(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(SharedFiles.Require("recsys-base", file)));
        JsonElement root = document.RootElement, inputs = root.GetProperty("inputs"), expected = root.GetProperty("expected");
        Assert.Equal(inputs.GetArrayLength(), expected.GetArrayLength());
        for (int i = 0; i < inputs.GetArrayLength(); i++)
        {
            List<TaskGain> entries = [];
            foreach (JsonProperty task in inputs[i].GetProperty("base").EnumerateObject())
            {
                double[] baseline = Doubles(task.Value), value = Doubles(inputs[i].GetProperty("new").GetProperty(task.Name));
                double[] higher = Doubles(inputs[i].GetProperty("higher_is_better").GetProperty(task.Name));
                for (int m = 0; m < baseline.Length; m++) entries.Add(new TaskGain(task.Name, $"m{m}", higher[m] == 1, baseline[m], value[m]));
            }

            Assert.Equal(expected[i].GetDouble(), MultiTaskGain.Delta(entries.ToArray()), root.GetProperty("tolerance").GetProperty("atol").GetDouble());
        }
    }

    private static double[] Doubles(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];
}
