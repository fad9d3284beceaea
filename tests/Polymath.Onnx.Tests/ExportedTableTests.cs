using System.Globalization;
using Polymath.Data;
using Polymath.Learning.Training;
using Polymath.Onnx;
using Polymath.Tabular;

namespace Polymath.Tests;

/// <summary>Raw columns of real rows in, predictions out: a file with its encoder must give what the encoder and the model give here.</summary>
public sealed class ExportedTableTests(OnnxRuntime runtime, ITestOutputHelper output) : IClassFixture<OnnxRuntime>
{
    public static TheoryData<string, NumericTransform> ModelsAndTransforms
    {
        get
        {
            var rows = new TheoryData<string, NumericTransform>();
            foreach (ModelDescriptor model in TabularModels.All)
            {
                foreach (NumericTransform transform in Enum.GetValues<NumericTransform>()) rows.Add(model.Name, transform);
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(ModelsAndTransforms))]
    public void Predictions_for_real_rows_are_equal_in_a_real_runtime(string name, NumericTransform transform)
    {
        runtime.Require();
        (RawTable table, TabularModel model) = Create(name, transform, binaryOnly: false) ?? Create(name, transform, binaryOnly: true)!.Value;

        // Numbers as they are make sums of hundreds, so the first weights, which are small, have to do.
        if (transform != NumericTransform.None) RandomProblem.Scatter(model, 4);
        string path = Path.GetTempFileName();
        try
        {
            OnnxExport.Write(model, table.Data.Encoder, path);
            double largest = 0;
            foreach (int rows in (int[])[1, 7, 256])
            {
                int[] chosen = [.. Enumerable.Range(40, rows)];
                EncodedTable encoded = table.Data.Encoder.Encode(table.Test, chosen, withTargets: false);
                var data = new ArrayDataset(encoded.Numeric, encoded.NumericWidth, encoded.Categories, encoded.CategoricalCount, new float[rows * model.Tasks.Count], model.Tasks.Count, sequences: [.. encoded.Sequences.Select(list => new SequenceArray(list.Starts, list.Ids, list.Field.MaxLength))]);
                float[][] expected = Evaluation.Predict(model, data);
                Dictionary<string, float[]> actual = runtime.Run(path, table.Columns(chosen));
                for (int task = 0; task < expected.Length; task++) largest = Math.Max(largest, Agreement.Difference(expected[task], actual[model.Tasks[task].Name], Math.Max(1, Math.Abs(model.Tasks[task].Mean))));
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"largest difference {largest:0.0e+0}"));
            Assert.InRange(largest, 0, Agreement.Tolerance);
        }
        finally
        {
            File.Delete(path);
            File.Delete(OnnxExport.EncoderPath(path));
        }
    }

    /// <summary>Null when the model is for other tasks.</summary>
    private static (RawTable Table, TabularModel Model)? Create(string name, NumericTransform transform, bool binaryOnly)
    {
        // Transformers over columns take no lists, and DTRN is made for them.
        bool lists = name is "dtrn" or "mmoe" or "esmm";
        RawTable table = RawTable.Read(transform, binaryOnly, lists);
        var options = new Dictionary<string, string>();
        if (name == "saint") options["row-mode"] = "value-only";
        try
        {
            return (table, TabularModels.Find(name).Create(table.Data, table.Data.Tasks, options, seed: 2));
        }
        catch (ModelException) when (!binaryOnly)
        {
            return null;
        }
    }
}
