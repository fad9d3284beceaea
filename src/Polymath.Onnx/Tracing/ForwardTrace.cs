using Polymath.Learning;
using Polymath.Learning.Training;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Onnx.Tracing;

/// <summary>One forward pass in inference mode over rows drawn at random, with every operation that was applied.</summary>
internal sealed class ForwardTrace : IDisposable
{
    private readonly Tape _tape = new();
    private readonly Dictionary<Node, int> _stepOf = new(ReferenceEqualityComparer.Instance);

    /// <summary>Runs the model.</summary>
    /// <param name="model">In inference mode.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="withLogits">Whether the model's own outputs are wanted beside the predictions.</param>
    public ForwardTrace(TabularModel model, int rows, bool withLogits)
    {
        Rows = rows;
        Batch = Draw(model.Schema, rows);
        var logits = new Tensor[model.Tasks.Count];
        var trace = new OperationTrace();
        using (Tape.NoGradient())
        {
            _tape.Trace = trace;
            model.Forward(Batch, logits);
            Tensor[] predictions = [.. logits.Select((output, task) => Evaluation.Answer(model.Tasks[task], output))];
            Outputs = [.. predictions.Concat(withLogits ? logits : []).Select(output => output.Node)];
            _tape.Trace = null;
        }

        Steps = trace.Steps;
        for (int i = 0; i < Steps.Count; i++) _stepOf[Steps[i].Result] = i;
        if (trace.FindRewritten() is { } step) throw new OnnxException($"{model.Name}: the result {step.Result.Shape} of {step.Op.Name} is changed after it was computed, which an ONNX graph cannot say; compute the change with tensor operations.");
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>What the model was given.</summary>
    public Batch Batch { get; }

    /// <summary>The predictions of the tasks, then their logits if wanted.</summary>
    public Node[] Outputs { get; }

    /// <summary>The operations, in order.</summary>
    public IReadOnlyList<OperationTrace.Step> Steps { get; }

    /// <summary>The operation that gave a value; -1 when none did.</summary>
    public int StepOf(Node node) => _stepOf.GetValueOrDefault(node, -1);

    /// <summary>Whether a value is the numbers or the mask that the model was given.</summary>
    public bool IsInput(Node node) => ReferenceEquals(node, Batch.Numeric.Node) || (!Batch.SequenceMask.IsEmpty && ReferenceEquals(node, Batch.SequenceMask.Node));

    /// <inheritdoc/>
    public void Dispose() => _tape.Dispose();

    /// <summary>Rows in which no two columns are alike: normal numbers, ids over the whole range, lists of every length from 1 on.</summary>
    private static Batch Draw(FeatureSchema schema, int rows)
    {
        var random = new RandomStream((ulong)rows).Derive("onnx");
        Tensor numeric = Tensor.Normal(random, new Shape(rows, schema.NumericWidth));
        var categories = new IndexTensor(rows, schema.Fields.Count);
        for (int i = 0, at = 0; i < rows; i++)
        {
            foreach (CategoricalFeature field in schema.Fields) categories.Span[at++] = random.NextInt32(field.Cardinality);
        }

        if (schema.Sequences.Count == 0) return new Batch { Rows = rows, Numeric = numeric, Categories = categories, Targets = Tensor.Zeros(rows, 1) };
        var ids = new IndexTensor(rows, schema.SequenceWidth);
        Tensor mask = Tensor.Zeros(rows, schema.SequenceWidth);
        for (int i = 0, at = 0; i < rows; i++)
        {
            foreach (SequenceFeature sequence in schema.Sequences)
            {
                int length = 1 + random.NextInt32(sequence.MaxLength);
                for (int j = 0; j < length; j++)
                {
                    ids.Span[at + j] = random.NextInt32(sequence.Cardinality);
                    mask.Span[at + j] = 1f;
                }

                at += sequence.MaxLength;
            }
        }

        return new Batch { Rows = rows, Numeric = numeric, Categories = categories, Targets = Tensor.Zeros(rows, 1), SequenceIds = ids, SequenceMask = mask };
    }
}
