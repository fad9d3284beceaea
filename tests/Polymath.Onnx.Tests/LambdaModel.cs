using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A model that is one function of a batch; its logits are what is compared.</summary>
internal sealed class LambdaModel : TabularModel
{
    public const int Numbers = 6;

    public const string Logits = "y logits";

    private readonly Func<Batch, Tensor> _function;

    /// <summary>A model of a function whose result has so many values per row.</summary>
    public LambdaModel(int width, Func<Batch, Tensor> function)
        : base(Columns, new TaskSet(Target.MultiClass("y", width))) => _function = function;

    public override string Name => "lambda";

    public override IReadOnlyDictionary<string, string> OptionValues => new Dictionary<string, string>();

    private static FeatureSchema Columns => new(
        [.. Enumerable.Range(0, Numbers).Select(i => $"x{i}")],
        [new CategoricalFeature("a", 2), new CategoricalFeature("b", 7), new CategoricalFeature("c", 1)],
        [new SequenceFeature("clicks", 7, 4, "b")]);

    public override void Forward(Batch batch, Span<Tensor> outputs) => outputs[0] = _function(batch).Reshape(batch.Rows, Tasks[0].Outputs);

    /// <summary>Rows, and the same as inputs of a file.</summary>
    public (Batch Batch, Dictionary<string, RuntimeTensor> Inputs) Draw(int rows)
    {
        var random = new RandomStream((ulong)rows + 100);
        float[] numbers = new float[rows * Numbers], mask = new float[rows * Schema.SequenceWidth];
        random.FillNormal(numbers);
        int[] categories = new int[rows * Schema.Fields.Count], ids = new int[mask.Length];
        for (int i = 0; i < categories.Length; i++) categories[i] = random.NextInt32(Schema.Fields[i % Schema.Fields.Count].Cardinality);
        for (int row = 0; row < rows; row++)
        {
            int length = random.NextInt32(Schema.SequenceWidth + 1);
            for (int i = row * Schema.SequenceWidth; i < (row * Schema.SequenceWidth) + length; i++) (ids[i], mask[i]) = (random.NextInt32(Schema.Sequences[0].Cardinality), 1f);
        }

        var batch = new Batch
        {
            Rows = rows,
            Numeric = Tensor.FromArray(numbers, rows, Numbers),
            Categories = IndexTensor.FromArray(categories, rows, Schema.Fields.Count),
            Targets = Tensor.Zeros(rows, 1),
            SequenceIds = IndexTensor.FromArray(ids, rows, Schema.SequenceWidth),
            SequenceMask = Tensor.FromArray(mask, rows, Schema.SequenceWidth),
        };
        return (batch, new Dictionary<string, RuntimeTensor>
        {
            ["numeric"] = RuntimeTensor.Of(numbers, Numbers),
            ["categories"] = RuntimeTensor.Of(categories, Schema.Fields.Count),
            ["sequence_ids"] = RuntimeTensor.Of(ids, Schema.SequenceWidth),
            ["sequence_mask"] = RuntimeTensor.Of(mask, Schema.SequenceWidth),
        });
    }

    protected override IEnumerable<KeyValuePair<string, Module>> Parts() => [];
}
