using Polymath.Data;
using Polymath.Learning;
using Polymath.Onnx.Columns;
using Polymath.Onnx.Format;
using Polymath.Onnx.Graphs;
using Polymath.Onnx.Operations;
using Polymath.Onnx.Tracing;
using Polymath.Tabular;
using Polymath.Tabular.Runs;

namespace Polymath.Onnx;

/// <summary>
/// Writes models as ONNX files (operator set 17). The graph is traced, so every model whose forward pass consists of tensor operations can be
/// written. Outputs are what <c>polymath predict</c> gives, one per task: the probability of a binary task, one per class of a multi-class task,
/// the number of a regression in its own unit, the rate of a count, all <c>[rows, task outputs]</c>.
/// </summary>
/// <example><code>
/// OnnxSignature signature = OnnxExport.Write(TrainedRun.Load("run"), "model.onnx");
/// foreach (OnnxPort input in signature.Inputs) Console.WriteLine($"{input.Name}: {input.Type} [rows, {input.Width}]");
/// </code></example>
public static class OnnxExport
{
    private const string EncoderExtension = ".encoder.json";

    /// <summary>Where the encoder of a file goes: "model.onnx" has "model.encoder.json" beside it.</summary>
    public static string EncoderPath(string path) => Path.ChangeExtension(path, EncoderExtension);

    /// <summary>Writes a finished run, and its encoder as JSON beside it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="path">The file, replaced whole or not at all.</param>
    /// <param name="options">What the file offers.</param>
    /// <exception cref="OnnxException">Something in the model or the encoder cannot be said in ONNX.</exception>
    public static OnnxSignature Write(TrainedRun run, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Write(run.Model, run.Encoder, path, options);
    }

    /// <summary>Writes a model with its encoder, which also goes beside it as JSON (see <see cref="TableEncoder.Save"/>).</summary>
    /// <param name="model">The model.</param>
    /// <param name="encoder">What turned tables into its inputs.</param>
    /// <param name="path">The file, replaced whole or not at all.</param>
    /// <param name="options">What the file offers.</param>
    /// <exception cref="OnnxException">Something in the model or the encoder cannot be said in ONNX.</exception>
    public static OnnxSignature Write(TabularModel model, TableEncoder encoder, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        OnnxSignature signature = Save(model, options?.Encoded == true ? null : encoder, path, options);
        encoder.Save(EncoderPath(path));
        return signature;
    }

    /// <summary>Writes a network alone: inputs <c>numeric</c>, <c>categories</c>, <c>sequence_ids</c> and <c>sequence_mask</c>, as far as it has them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, replaced whole or not at all.</param>
    /// <param name="options">What the file offers; <see cref="OnnxExportOptions.Encoded"/> is implied.</param>
    /// <exception cref="OnnxException">Something in the model cannot be said in ONNX.</exception>
    public static OnnxSignature Write(TabularModel model, string path, OnnxExportOptions? options = null) => Save(model, null, path, options);

    private static OnnxSignature Save(TabularModel model, TableEncoder? encoder, string path, OnnxExportOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (model.RowsInteract) throw new OnnxException($"{model.Name}: a prediction depends on the rows that stand beside it in a batch, and a file answers every row by itself; train with row-mode=value-only to export the model.");
        bool logits = options?.Logits == true;
        var graph = new GraphBuilder();
        using TracedNetwork network = TracedNetwork.Of(model, logits);
        NetworkInputs inputs = encoder is null ? EncodedInputs(model.Schema, graph) : TableGraph.Add(encoder, graph);
        var translation = new NetworkTranslation(model, network, graph, inputs);
        translation.Run();
        for (int output = 0; output < (logits ? 2 : 1) * model.Tasks.Count; output++)
        {
            Target task = model.Tasks[output % model.Tasks.Count];
            string name = output < model.Tasks.Count ? task.Name : $"{task.Name} logits";
            graph.Output(name, OnnxType.Single, task.Outputs, translation.NameOf(network.Output(output)));
        }

        OnnxModel file = graph.Build(model.Name, Properties(model, encoder is null));
        Tensors.AtomicFile.Write(path, file.Write);
        return new OnnxSignature([.. graph.Inputs.Select(Port)], [.. graph.Outputs.Select(Port)], file.Size);
    }

    private static NetworkInputs EncodedInputs(FeatureSchema schema, GraphBuilder graph) => new(
        schema.NumericWidth > 0 ? graph.Input("numeric", OnnxType.Single, schema.NumericWidth) : null,
        schema.Fields.Count > 0 ? graph.Input("categories", OnnxType.Int64, schema.Fields.Count) : null,
        schema.Sequences.Count > 0 ? graph.Input("sequence_ids", OnnxType.Int64, schema.SequenceWidth) : null,
        schema.Sequences.Count > 0 ? graph.Input("sequence_mask", OnnxType.Single, schema.SequenceWidth) : null);

    /// <summary>What a reader of the file may want to know: the classes behind the columns of an output.</summary>
    private static List<OnnxProperty> Properties(TabularModel model, bool encoded)
    {
        var properties = new List<OnnxProperty> { new("polymath.model", model.Name), new("polymath.inputs", encoded ? "encoded" : "columns") };
        foreach (Target task in model.Tasks)
        {
            if (task.Classes.Count > 0) properties.Add(new OnnxProperty($"polymath.classes.{task.Name}", JsonText.Of(task.Classes)));
        }

        return properties;
    }

    private static OnnxPort Port(OnnxValue value) => new(value.Name, value.Type switch { OnnxType.Single => "float", OnnxType.Double => "double", OnnxType.Int64 => "int64", _ => "string" }, (int)value.Width);
}
