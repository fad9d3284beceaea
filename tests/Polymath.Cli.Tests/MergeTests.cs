using System.Security.Cryptography;
using System.Text.Json;
using Polymath.Tensors.Safetensors;

namespace Polymath.Tests;

/// <summary><c>polymath merge</c>: what it writes, what it shows, and what it refuses.</summary>
public sealed class MergeTests
{
    private static string[] Quick(TemporaryFolder folder, string output, params string[] more)
        => ["merge", "--method", "ties", "--base", folder["base"], "--model", folder["a"] + ":weight=0.5,density=0.6", "--model", folder["b"] + ":weight=0.5,density=0.6", folder[output], .. more];

    [Fact]
    public void The_output_is_a_whole_model_with_checksums_card_and_report()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        Answer answer = CommandLine.Succeed(Quick(folder, "out"));
        Assert.Contains("12 tensors", answer.Output, StringComparison.Ordinal);
        Assert.Equal(["README.md", "SHA256SUMS", "config.json", "mergekit_config.yml", "model.safetensors", "report.html"], Directory.GetFiles(folder["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.Equal($"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(folder["out/model.safetensors"])))}  model.safetensors\n", File.ReadAllText(folder["out/SHA256SUMS"]));
        using SafetensorsFile merged = SafetensorsFile.Open(folder["out/model.safetensors"]);
        Assert.Equal("pt", merged.Metadata["format"]);

        // The configuration that is written with the model makes the same model again.
        CommandLine.Succeed("merge", folder["out/mergekit_config.yml"], folder["again"]);
        Assert.Equal(File.ReadAllBytes(folder["out/model.safetensors"]), File.ReadAllBytes(folder["again/model.safetensors"]));
    }

    [Fact]
    public void A_merged_folder_can_be_inspected()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        CommandLine.Succeed(Quick(folder, "one", "--quiet"));
        CommandLine.Succeed(Quick(folder, "many", "--quiet", "--shard-size", "1500"));
        Assert.Contains("12 tensors", CommandLine.Succeed("inspect", folder["one"]).Output, StringComparison.Ordinal);
        Answer many = CommandLine.Succeed("inspect", folder["many"]);
        Assert.Contains("model-00002-of-", many.Output, StringComparison.Ordinal);
        Assert.Contains("lm_head.weight", many.Output, StringComparison.Ordinal);
        Refusal.Of(folder, ["one by one"], "inspect", folder["many"], "--json");
    }

    [Fact]
    public void Merging_a_model_with_itself_gives_it_back()
    {
        using var folder = new TemporaryFolder();
        MergeModels.Write(folder, "a");
        Directory.CreateDirectory(folder["copy"]);
        foreach (string file in Directory.GetFiles(folder["a"])) File.Copy(file, Path.Combine(folder["copy"], Path.GetFileName(file)));
        CommandLine.Succeed("merge", "--method", "linear", "--model", folder["a"], "--model", folder["copy"], "--set", "weight=1", folder["out.safetensors"]);
        using SafetensorsFile original = SafetensorsFile.Open(folder["a/model.safetensors"]), merged = SafetensorsFile.Open(folder["out.safetensors"]);
        foreach (string name in original.Names) Assert.Equal(original.Bytes(name).ToArray(), merged.Bytes(name).ToArray());
    }

    [Fact]
    public void A_dry_run_shows_every_tensor_and_writes_nothing()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        string before = folder.Snapshot();
        Answer answer = CommandLine.Succeed(Quick(folder, "out", "--dry-run"));
        Assert.Contains("model.layers.2.mlp.up_proj.weight", answer.Output, StringComparison.Ordinal);
        Assert.Contains("density=0.6", answer.Output, StringComparison.Ordinal);
        Assert.Contains("to read", answer.Output, StringComparison.Ordinal);
        using JsonDocument plan = JsonDocument.Parse(CommandLine.Succeed(Quick(folder, "out", "--dry-run", "--json")).Output);
        JsonElement tensor = plan.RootElement.GetProperty("tensors").EnumerateArray().First(entry => entry.GetProperty("name").GetString() == "lm_head.weight");
        Assert.Equal("ties", tensor.GetProperty("method").GetString());
        Assert.Equal([16, 8], tensor.GetProperty("shape").EnumerateArray().Select(axis => axis.GetInt32()));
        Assert.Equal(3, tensor.GetProperty("sources").GetArrayLength());
        Assert.Equal(before, folder.Snapshot());
    }

    [Fact]
    public void The_list_names_every_method_and_shows_one()
    {
        Assert.Contains("dare_ties", CommandLine.Succeed("merge", "--list").Output, StringComparison.Ordinal);
        Answer one = CommandLine.Succeed("merge", "--list", "ties");
        Assert.Contains("density: ", one.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("dare_ties", one.Output, StringComparison.Ordinal);
        using JsonDocument list = JsonDocument.Parse(CommandLine.Succeed("merge", "--list", "--json").Output);
        Assert.True(list.RootElement.GetProperty("methods").GetArrayLength() > 15);
        Refusal.IsOne(CommandLine.Run("merge", "--list", "tise"), "'tise'", "ties");
    }

    [Fact]
    public void A_merge_in_stages_runs_them_in_order_and_keeps_only_the_last()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        string config = folder.Write("stages.yml", $$"""
            name: soup
            merge_method: linear
            models:
            - model: {{folder["a"]}}
              parameters: {weight: 1}
            - model: {{folder["b"]}}
              parameters: {weight: 1}
            ---
            merge_method: slerp
            base_model: {{folder["base"]}}
            models:
            - model: {{folder["base"]}}
            - model: soup
            parameters: {t: 1}
            """);
        CommandLine.Succeed("merge", config, folder["out"], "--quiet");
        CommandLine.Succeed("merge", "--method", "linear", "--model", folder["a"] + ":weight=1", "--model", folder["b"] + ":weight=1", folder["soup"], "--quiet");
        using SafetensorsFile direct = SafetensorsFile.Open(folder["soup/model.safetensors"]), staged = SafetensorsFile.Open(folder["out/model.safetensors"]);
        float[] expected = new float[64], found = new float[64];
        direct.ReadFloat32("model.layers.1.self_attn.q_proj.weight", expected);
        staged.ReadFloat32("model.layers.1.self_attn.q_proj.weight", found);
        for (int i = 0; i < 64; i++) Assert.Equal(expected[i], found[i], 1e-5f);
        Assert.Equal(["a", "b", "base", "out", "soup", "stages.yml"], Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_search_keeps_the_best_and_forgets_its_candidates()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs a shell");
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);

        // The score is how far lambda is from 0.6, read from the configuration that goes with the candidate.
        string evaluate = "sed -n 's/.*lambda: *\\([0-9.]*\\).*/\\1/p' {}/mergekit_config.yml | awk '{d = $1 - 0.6; print (d < 0 ? -d : d)}'";
        Answer answer = CommandLine.Succeed(Quick(folder, "out", "--search", "lambda=0.2:1:0.2", "--evaluate", evaluate, "--minimize"));
        Assert.Contains("best", answer.Output.Split('\n').Single(line => line.TrimStart().StartsWith("0.6", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("lambda: 0.6", File.ReadAllText(folder["out/mergekit_config.yml"]), StringComparison.Ordinal);
        Assert.Equal(6, File.ReadAllLines(folder["out/search.tsv"]).Length);
        Assert.Equal(["a", "b", "base", "out"], Directory.GetFileSystemEntries(folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_search_scores_with_a_training()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable();
        foreach (string seed in (string[])["1", "2"]) CommandLine.Succeed("train", data, "-t", "yes:binary", "-t", "amount", "-m", "shared-bottom", "-e", "3", "--baseline", "none", "--seed", seed, "--out", folder["run" + seed], "--quiet");
        Answer answer = CommandLine.Succeed("merge", "--method", "linear", "--model", folder["run1/model.safetensors"] + ":weight=1", "--model", folder["run2/model.safetensors"] + ":weight=1", folder["soup.safetensors"], "--search", "weight=1,2", "--evaluate-run", folder["run1"], "--on", data);
        Assert.Contains("score", answer.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(folder["soup.safetensors"]));
    }

    [Theory]
    [InlineData("truncated", "truncated")]
    [InlineData("missing", "model-00002-of-00003.safetensors")]
    [InlineData("wider", "shape", "expected the same")]
    [InlineData("layers", "layers")]
    public void A_broken_model_is_one_sentence_and_leaves_nothing(string defect, params string[] mentions)
    {
        using var folder = new TemporaryFolder();
        MergeModels.Write(folder, "base");
        MergeModels.Write(folder, "a");
        MergeModels.Write(folder, "b", hidden: defect == "wider" ? 12 : 8, layers: defect == "layers" ? 4 : 3, shards: 3);
        string shard = folder["b/model-00002-of-00003.safetensors"];
        if (defect == "missing") File.Delete(shard);
        if (defect == "truncated")
        {
            using FileStream file = File.OpenWrite(shard);
            file.SetLength(file.Length - 5);
            mentions = ["model-00002-of-00003.safetensors"];
        }

        Refusal.Of(folder, mentions, "merge", "--method", "linear", "--model", folder["a"] + ":weight=1", "--model", folder["b"] + ":weight=1", folder["out"], "--quiet");
    }

    [Fact]
    public void What_stands_in_the_way_is_refused()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        folder.Write("file.txt", "not a folder");
        Refusal.Of(folder, ["also an input"], Quick(folder, "a", "--overwrite", "--quiet"));
        Refusal.Of(folder, ["is a file"], Quick(folder, "file.txt", "--quiet"));
        Refusal.Of(folder, ["listed twice"], "merge", "--method", "linear", "--model", folder["a"] + ":weight=1", "--model", folder["a"] + ":weight=1", folder["out"]);
        Refusal.Of(folder, ["weight"], "merge", "--method", "linear", "--model", folder["a"], folder["out"]);
        Refusal.Of(folder, ["'wieght'", "did you mean 'weight'"], "merge", "--method", "linear", "--model", folder["a"] + ":wieght=1", folder["out"]);
        Refusal.Of(folder, ["'modls'", "did you mean 'models'"], "merge", folder.Write("typo.yml", "merge_method: linear\nmodls:\n- model: a\n"), folder["out"]);
        Refusal.Of(folder, ["base"], "merge", "--method", "ties", "--model", folder["a"] + ":weight=1", folder["out"]);
        Refusal.Of(folder, ["sum to 0"], "merge", "--method", "linear", "--model", folder["a"] + ":weight=1", "--model", folder["b"] + ":weight=-1", folder["out"], "--quiet");
        Refusal.Of(folder, ["--shard-size", "'lots'"], Quick(folder, "out", "--shard-size", "lots"));
        Refusal.Of(folder, ["--rounding", "'often'"], Quick(folder, "out", "--rounding", "often"));
        Refusal.Of(folder, ["'lambda=1:2'", "first:last:step"], Quick(folder, "out", "--search", "lambda=1:2", "--evaluate", "true"));
        Refusal.Of(folder, ["'lamda'", "lambda"], Quick(folder, "out", "--search", "lamda=1,2", "--evaluate", "echo 1"));
        Refusal.Of(folder, ["--evaluate"], Quick(folder, "out", "--search", "lambda=1,2"));
        Refusal.Of(folder, ["CONFIG"], "merge");
        Refusal.Of(folder, ["OUT"], "merge", "--method", "linear", "--model", folder["a"] + ":weight=1");
        Refusal.Of(folder, ["absent"], "merge", "--method", "linear", "--model", folder["absent"] + ":weight=1", folder["out"]);
        if (OperatingSystem.IsLinux()) Refusal.Of(folder, ["/proc"], [.. Quick(folder, "out")[..^1], "/proc/merged", "--quiet"]);
    }

    [Fact]
    public void Not_a_number_is_a_warning_or_on_request_an_error()
    {
        using var folder = new TemporaryFolder();
        MergeModels.WriteFamily(folder);
        MergeModels.Write(folder, "b", change: (tensor, values) =>
        {
            if (tensor == "model.norm.weight") values[3] = float.NaN;
        });
        Answer warned = CommandLine.Succeed(Quick(folder, "out"));
        Assert.Contains("warning: tensor 'model.norm.weight'", warned.Error, StringComparison.Ordinal);
        Assert.Contains("NaN at element 3", warned.Error, StringComparison.Ordinal);
        Refusal.Of(folder, ["model.norm.weight", "NaN"], Quick(folder, "refused", "--refuse-nan", "--quiet"));
    }
}
