using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>TIES over whole models against the official code of TALL-masks and of AdaMerging++.</summary>
public sealed class GlobalTiesGoldenTests
{
    private const string Base = "merging-base", AdaMerging = "adamerging";

    public static TheoryData<string> Merges => SharedFiles.GoldenRows(Base, "ties_global_");

    public static TheoryData<string> Splits => SharedFiles.GoldenRows(AdaMerging, "ties_split_");

    [Theory]
    [MemberData(nameof(Merges))]
    public void Trim_vote_and_merge_repeat_the_authors(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(Base, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected");
        TaskVector[] vectors = Vectors(inputs);
        GlobalTiesOptions options = new()
        {
            Keep = inputs.GetProperty("K").GetDouble(),
            Aggregation = inputs.GetProperty("merge_func").GetString() switch
            {
                "dis-mean" => TiesAggregation.Mean,
                "dis-sum" => TiesAggregation.Sum,
                "dis-max" => TiesAggregation.Max,
                string other => throw new InvalidDataException($"{file}: unknown aggregation {other}"),
                null => throw new InvalidDataException($"{file}: no aggregation"),
            },
        };
        for (int task = 0; task < vectors.Length; task++)
            Assert.Equal(GoldenModels.Flat(expected.GetProperty("trimmed")[task]), GoldenModels.Joined(GlobalTies.Trim(vectors[task], options).Values));
        Assert.Equal(GoldenModels.Flat(expected.GetProperty("elected_sign")), GoldenModels.Joined(GlobalTies.ElectSigns(vectors, options).Values));
        GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("merged")), GoldenModels.Joined(GlobalTies.Merge(vectors, options).Values), golden, "merged");
    }

    [Theory]
    [MemberData(nameof(Splits))]
    public void The_agreeing_entries_of_each_task_repeat_the_authors(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(AdaMerging, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected");
        TaskVector[] vectors = Vectors(inputs);

        // This fork reads 1 as everything, where the others read one percent.
        double keep = inputs.GetProperty("K").GetDouble();
        TaskVector[] split = GlobalTies.Split(vectors, new GlobalTiesOptions { Keep = keep == 1 ? 100 : keep });
        for (int task = 0; task < vectors.Length; task++)
            Assert.Equal(GoldenModels.Flat(expected.GetProperty("selected_entries")[task]), GoldenModels.Joined(split[task].Values));
        GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("sum")), GoldenModels.Joined(TaskVector.Sum(split).Values), golden, "sum");
    }

    private static TaskVector[] Vectors(JsonElement inputs) => [.. inputs.GetProperty("task_vectors").EnumerateArray().Select(row => new TaskVector(GoldenModels.Cut(row)))];
}
