using System.Text.Json;

namespace Polymath.Tests;

/// <summary><c>polymath export</c>; that the file computes the same is tested where a runtime is at hand.</summary>
public sealed class ExportTests(TrainedFolder trained) : IClassFixture<TrainedFolder>
{
    [Fact]
    public void A_file_takes_the_columns_of_the_table_and_gives_the_tasks()
    {
        using var folder = new TemporaryFolder();
        string file = folder["model.onnx"];
        using JsonDocument answer = JsonDocument.Parse(CommandLine.Succeed("export", trained.Run, "--out", file, "--json").Output);
        Assert.Equal(["a float 1", "b float 1", "c string 1"], Ports(answer, "inputs"));
        Assert.Equal(["yes float 1", "amount float 1", "kind float 3"], Ports(answer, "outputs"));
        Assert.Equal(new FileInfo(file).Length, answer.RootElement.GetProperty("bytes").GetInt64());
        Assert.Equal(File.ReadAllBytes(Path.Combine(trained.Run, "encoder.json")), File.ReadAllBytes(folder["model.encoder.json"]));
    }

    [Fact]
    public void The_network_alone_takes_encoded_rows()
    {
        using var folder = new TemporaryFolder();
        using JsonDocument answer = JsonDocument.Parse(CommandLine.Succeed("export", trained.Run, "--out", folder["model.onnx"], "--encoded", "--logits", "--json").Output);
        Assert.Equal(["numeric float 2", "categories int64 1"], Ports(answer, "inputs"));
        Assert.Equal(["yes float 1", "amount float 1", "kind float 3", "yes logits float 1", "amount logits float 1", "kind logits float 3"], Ports(answer, "outputs"));
    }

    [Fact]
    public void What_exists_is_replaced_only_when_asked_for()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("model.onnx", "mine");
        Refusal.Of(folder, ["model.onnx", "--overwrite"], "export", trained.Run, "--out", file);
        CommandLine.Succeed("export", trained.Run, "--out", file, "--overwrite", "--quiet");
        Assert.NotEqual(4, new FileInfo(file).Length);
    }

    [Fact]
    public void What_is_no_run_is_refused()
    {
        using var folder = new TemporaryFolder();
        Refusal.Of(folder, ["--out"], "export", trained.Run);
        Refusal.Of(folder, ["nothing"], "export", folder["nothing"], "--out", folder["model.onnx"]);
    }

    private static string[] Ports(JsonDocument answer, string name)
        => [.. answer.RootElement.GetProperty(name).EnumerateArray().Select(port => $"{port.GetProperty("name")} {port.GetProperty("type")} {port.GetProperty("width")}")];

    [Fact]
    public void A_hashed_column_needs_the_flag_for_the_network_alone()
    {
        using var folder = new TemporaryFolder();
        string data = folder.WriteTable(change: rows =>
        {
            for (int row = 0; row < rows.Count; row++) rows[row][0] = row == 0 ? "id" : $"id{row % 40}";
        });
        string[] command = ["train", data, "-t", "yes:binary", "-m", "shared-bottom:embedding-width=4,bottom-hidden=8,tower-hidden=none", "-e", "1", "--baseline", "none", "--out", folder["hashed"], "--table-memory"];
        Refusal.Of(folder, ["too few for", "--table-memory"], [.. command, "0.00001"]);
        CommandLine.Succeed([.. command, "0.0003", "--quiet"]);
        Refusal.Of(folder, ["'id'", "(--encoded)"], "export", folder["hashed"], "--out", folder["model.onnx"]);
        CommandLine.Succeed("export", folder["hashed"], "--out", folder["model.onnx"], "--encoded");
    }
}
