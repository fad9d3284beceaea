using Polymath.Onnx;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>What a file must be for any runtime to load it; needs none.</summary>
public sealed class WrittenGraphTests
{
    public static TheoryData<string> Models { get; } = [.. TabularModels.All.Select(model => model.Name)];

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_name_is_defined_once_and_before_it_is_used(string name)
    {
        (RandomProblem problem, TabularModel model) = ((bool[])[true, false]).Select(sequences => RandomProblem.Find(name, name == "saint" ? "row-mode" : string.Empty, name == "saint" ? "value-only" : string.Empty, sequences)).First(found => found is not null)!.Value;
        string path = Path.GetTempFileName();
        try
        {
            OnnxSignature signature = OnnxExport.Write(model, path, new OnnxExportOptions { Logits = true });
            Assert.Equal(signature.Bytes, new FileInfo(path).Length);
            WrittenGraph graph = WrittenGraph.Read(path);
            Assert.Equal(8, graph.FormatVersion);
            Assert.Equal(17, graph.OperatorSets[string.Empty]);
            Assert.Equal(((string[])["numeric", "categories", "sequence_ids", "sequence_mask"])[..(problem.Schema.Sequences.Count > 0 ? 4 : 2)], graph.Inputs);
            Assert.Equal([.. problem.Tasks.Select(task => task.Name), .. problem.Tasks.Select(task => $"{task.Name} logits")], graph.Outputs);
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (string input in graph.Inputs.Concat(graph.Initializers.Select(tensor => tensor.Name))) Assert.True(known.Add(input), $"'{input}' is defined twice");
            foreach (WrittenGraph.Node node in graph.Nodes)
            {
                foreach (string read in node.Inputs) Assert.True(known.Contains(read), $"{node.Name} reads '{read}' before it is defined");
                foreach (string given in node.Outputs) Assert.True(known.Add(given), $"'{given}' is defined twice");
            }

            Assert.Equal(graph.Nodes.Count, graph.Nodes.Select(node => node.Name).Distinct().Count());
            Assert.All(graph.Outputs, output => Assert.Contains(output, known));
            Assert.All(graph.Initializers, tensor => Assert.Equal(tensor.Shape.Aggregate(1L, (a, b) => a * b), tensor.Elements));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
