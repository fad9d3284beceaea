using System.Globalization;
using System.Text.Json;
using Polymath.Merging.Masks;
using Polymath.Merging.TaskVectors;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

/// <summary>Masks, reconstructions and consensus against the official code, and EMR against its port.</summary>
public sealed class TallMasksGoldenTests
{
    private const string System = "tall-masks", Base = "merging-base";

    public static TheoryData<string> Masks => SharedFiles.GoldenRows(System, "masks_consensus_");

    public static TheoryData<string> Packings => SharedFiles.GoldenRows(System, "packbits");

    public static TheoryData<string> Elections => SharedFiles.GoldenRows(Base, "emr");

    [Theory]
    [MemberData(nameof(Masks))]
    public void Masks_reconstructions_and_consensus_repeat_the_authors(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        JsonElement golden = document.RootElement, inputs = golden.GetProperty("inputs"), expected = golden.GetProperty("expected");
        ModelState theta0 = GoldenModels.Cut(inputs.GetProperty("theta0"));
        ModelState[] tuned = [.. inputs.GetProperty("theta_t").EnumerateArray().Select(GoldenModels.Cut)];
        MultiTaskVectorRule rule = inputs.GetProperty("multi_task_vector_kind").GetString() switch
        {
            "ta" => MultiTaskVectorRule.Sum,
            "ties" => MultiTaskVectorRule.Ties(),
            string other => throw new InvalidDataException($"{file}: unknown multi-task vector {other}"),
            null => throw new InvalidDataException($"{file}: no kind of multi-task vector"),
        };
        foreach (JsonProperty row in expected.GetProperty("masks").EnumerateObject())
        {
            float lambda = float.Parse(row.Name, CultureInfo.InvariantCulture);
            TaskMaskSet set = TallMasks.Build(theta0, tuned, new TallMaskOptions { Lambda = lambda, MultiTaskVector = rule });
            float[] all = GoldenModels.Joined(set.MultiTaskVector.Values);
            GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("multi_task_vector")), all, golden, "multi-task vector");
            for (int task = 0; task < tuned.Length; task++)
            {
                float[] bits = GoldenModels.Flat(row.Value[task]), own = GoldenModels.Joined(TaskVector.From(theta0, tuned[task]).Values);
                for (int i = 0; i < bits.Length; i++)
                {
                    bool close = Math.Abs(Math.Abs(own[i]) - (lambda * Math.Abs(all[i] - own[i]))) < 1e-6;
                    Assert.True(close || set.Masks[task][i] == (bits[i] != 0), $"lambda {row.Name}, task {task}, weight {i}");
                }
            }
        }

        foreach (JsonProperty block in expected.EnumerateObject())
        {
            const string Reconstructed = "reconstructed_lambda_", Consensus = "consensus_from_lambda_";
            bool reconstruction = block.Name.StartsWith(Reconstructed, StringComparison.Ordinal), consensus = block.Name.StartsWith(Consensus, StringComparison.Ordinal);
            if (!reconstruction && !consensus) continue;
            float lambda = float.Parse(block.Name[(reconstruction ? Reconstructed : Consensus).Length..], CultureInfo.InvariantCulture);
            TaskMaskSet set = TallMasks.Build(theta0, tuned, new TallMaskOptions { Lambda = lambda, MultiTaskVector = rule });
            for (int task = 0; task < tuned.Length && reconstruction; task++)
                GoldenModels.Near(GoldenModels.Flat(block.Value[task]), GoldenModels.Joined(set.Reconstruct(task)), golden, $"task {task}");
            if (reconstruction) continue;
            foreach (JsonProperty threshold in block.Value.EnumerateObject())
            {
                int agreement = int.Parse(threshold.Name, CultureInfo.InvariantCulture);
                BitMask mask = ConsensusMerging.Mask(set, agreement);
                Assert.Equal(GoldenModels.Flat(threshold.Value.GetProperty("mask")), Enumerable.Range(0, (int)mask.Length).Select(i => mask[i] ? 1f : 0f));
                GoldenModels.Near(GoldenModels.Flat(threshold.Value.GetProperty("merged_tv")), GoldenModels.Joined(ConsensusMerging.Vector(set, agreement).Values), golden, $"consensus of {agreement}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Packings))]
    public void Bits_are_packed_as_numpy_packs_them(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(System, file)));
        float[] bits = GoldenModels.Flat(document.RootElement.GetProperty("inputs").GetProperty("mask"));
        JsonElement expected = document.RootElement.GetProperty("expected");
        var mask = new BitMask(bits.Length);
        for (int i = 0; i < bits.Length; i++) mask[i] = bits[i] != 0;
        Assert.Equal(GoldenModels.Flat(expected.GetProperty("bytes")).Select(value => (byte)value), mask.Bytes.ToArray());
        var read = new BitMask(mask.Bytes, bits.Length);
        Assert.Equal(GoldenModels.Flat(expected.GetProperty("unpacked"))[..bits.Length], Enumerable.Range(0, bits.Length).Select(i => read[i] ? 1f : 0f));
        Assert.Equal((long)bits.Sum(), read.Ones);
    }

    [Theory]
    [MemberData(nameof(Elections))]
    public void Emr_repeats_the_port(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(SharedFiles.Require(Base, file)));
        JsonElement golden = document.RootElement, expected = golden.GetProperty("expected");
        ModelState[] tuned = [.. golden.GetProperty("inputs").GetProperty("task_vectors").EnumerateArray().Select(GoldenModels.State)];
        ModelState theta0 = tuned[0].Map((_, values) => new float[values.Length]);
        TaskMaskSet set = EmrMerging.Build(theta0, tuned);
        GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("rescalers")), [.. set.Scales], golden, "rescalers");
        long offset = 0;
        foreach (string name in set.TensorOrder)
        {
            GoldenModels.Near(GoldenModels.Flat(expected.GetProperty("unified").GetProperty(name)), set.MultiTaskVector.Values[name], golden, name);
            for (int task = 0; task < tuned.Length; task++)
                Assert.Equal(GoldenModels.Flat(expected.GetProperty("masks").GetProperty(name)[task]), Enumerable.Range(0, theta0[name].Length).Select(i => set.Masks[task][offset + i] ? 1f : 0f));
            offset += theta0[name].Length;
        }
    }
}
