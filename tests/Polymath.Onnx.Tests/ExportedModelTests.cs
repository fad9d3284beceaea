using System.Globalization;
using Polymath.Onnx;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>Every registered model, with each of its choices and flags set in turn, must give the same predictions in a real ONNX Runtime.</summary>
public sealed class ExportedModelTests(OnnxRuntime runtime, ITestOutputHelper output) : IClassFixture<OnnxRuntime>
{
    /// <summary>Model, one option and its value ("" for defaults), and whether rows carry lists of ids.</summary>
    public static TheoryData<string, string, string, bool> Variants
    {
        get
        {
            var rows = new TheoryData<string, string, string, bool>();
            foreach (ModelDescriptor model in TabularModels.All)
            {
                AddIfTaken(model.Name, string.Empty, string.Empty, false);
                AddIfTaken(model.Name, string.Empty, string.Empty, true);
                AddIfTaken(model.Name, "row-mode", "value-only", false);
                AddIfTaken(model.Name, "embedding-width", "0", false);
                AddIfTaken(model.Name, "embedding-width", "0", true);
                foreach (string pooling in (string[])["sum", "attention"]) AddIfTaken(model.Name, "sequence-pooling", pooling, true);
                AddIfTaken(model.Name, "embedding-width", "4", false);
                foreach (ModelOption option in model.Options)
                {
                    IEnumerable<string> values = option.Kind switch { ModelOptionKind.Choice => option.Words, ModelOptionKind.Flag => ["true", "false"], _ => [] };
                    foreach (string value in values.Where(value => value != option.Default)) AddIfTaken(model.Name, option.Name, value, false);
                }
            }

            return rows;

            void AddIfTaken(string model, string option, string value, bool sequences)
            {
                if (RandomProblem.Find(model, option, value, sequences) is { Model.RowsInteract: false }) rows.Add(model, option, value, sequences);
            }
        }
    }

    [Fact]
    public void Every_model_is_among_the_variants()
        => Assert.Equal(TabularModels.All.Select(model => model.Name).Order(), Variants.Select(row => row.Data.Item1).Distinct().Order());

    [Theory]
    [MemberData(nameof(Variants))]
    public void Predictions_are_equal_in_a_real_runtime(string name, string option, string value, bool sequences)
    {
        runtime.Require();
        (RandomProblem problem, TabularModel model) = RandomProblem.Find(name, option, value, sequences)!.Value;
        RandomProblem.Scatter(model, 3);
        string path = Path.GetTempFileName();
        try
        {
            OnnxExport.Write(model, path);
            double largest = 0;
            foreach (int rows in (int[])[1, 7, 256])
            {
                (Dictionary<string, RuntimeTensor> inputs, float[][] expected) = problem.Draw(model, rows, (ulong)rows);
                Dictionary<string, float[]> actual = runtime.Run(path, inputs);
                for (int task = 0; task < expected.Length; task++) largest = Math.Max(largest, Agreement.Difference(expected[task], actual[problem.Tasks[task].Name], Math.Max(1, Math.Abs(problem.Tasks[task].Mean))));
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest difference {largest:0.0e+0}"));
            Assert.InRange(largest, 0, Agreement.Tolerance);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
