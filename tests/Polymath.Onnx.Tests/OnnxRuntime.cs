using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace Polymath.Tests;

/// <summary>
/// A process of a real ONNX Runtime (npm <c>onnxruntime-node</c>, installed beside its script). A test that needs it skips itself when it is not
/// there; <c>.ci/run</c> installs it and allows no such skip.
/// </summary>
public sealed class OnnxRuntime : IDisposable
{
    private const string Missing = "ONNX Runtime not found: npm install --prefix tests/Polymath.Onnx.Tests/Runtime";

    private Process? _process;

    /// <summary>Starts the runtime unless it runs; skips the calling test when it is not installed.</summary>
    public OnnxRuntime Require()
    {
        if (_process is not null) return this;
        string? folder = Find();
        if (folder is null) Assert.Skip(Missing);
        var start = new ProcessStartInfo("node", "run.mjs") { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        _process = Process.Start(start)!;
        return this;
    }

    /// <summary>Runs a model file.</summary>
    /// <param name="model">Path of the file.</param>
    /// <param name="inputs">Named tensors.</param>
    /// <returns>Every output's values.</returns>
    public Dictionary<string, float[]> Run(string model, IReadOnlyDictionary<string, RuntimeTensor> inputs)
    {
        var named = new JsonObject();
        foreach ((string name, RuntimeTensor tensor) in inputs) named[name] = tensor.ToJson();
        Process process = Require()._process!;
        process.StandardInput.WriteLine(new JsonObject { ["model"] = Path.GetFullPath(model), ["inputs"] = named }.ToJsonString());
        process.StandardInput.Flush();
        string line = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the ONNX Runtime process has ended.");
        JsonNode answer = JsonNode.Parse(line)!;
        if (answer["error"] is { } error) throw new InvalidOperationException($"ONNX Runtime: {error}");
        return answer["outputs"]!.AsObject().ToDictionary(
            output => output.Key,
            output => MemoryMarshal.Cast<byte, float>(Convert.FromBase64String((string)output.Value!["data"]!)).ToArray());
    }

    public void Dispose()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string? Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (!File.Exists(Path.Combine(folder.FullName, "Polymath.slnx"))) continue;
            string runtime = Path.Combine(folder.FullName, "tests", "Polymath.Onnx.Tests", "Runtime");
            return Directory.Exists(Path.Combine(runtime, "node_modules", "onnxruntime-node")) ? runtime : null;
        }

        return null;
    }
}
