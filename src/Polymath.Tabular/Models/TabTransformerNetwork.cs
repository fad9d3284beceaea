using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>The network of one task: tokens of the categorical fields and lists of ids, layers over them, numeric columns beside them, and a tower.</summary>
internal sealed class TabTransformerNetwork : Module
{
    private readonly FeatureSchema _schema;
    private readonly Dropout? _dropout;

    public TabTransformerNetwork(FeatureSchema schema, Target task, TabTransformerOptions options, RandomStream random)
    {
        _schema = new FeatureSchema([], schema.Fields, schema.Sequences);
        Tokenizer = Add("tokenizer", new FeatureTokenizer(_schema, options.TokenWidth, tokens: 0, options.LayerInitializer, random.Derive("tokenizer"), options.SequencePooling));
        if (options.FeedForwardDropout != 0f) _dropout = Add("dropout", new Dropout(options.FeedForwardDropout));
        Blocks = new TransformerEncoderLayer[options.Blocks];
        for (int b = 0; b < Blocks.Length; b++)
        {
            string name = TabularModel.Numbered("blocks", b);
            Blocks[b] = Add(name, new TransformerEncoderLayer(options.ColumnLayer(Tokenizer.Count) with { DropsInput = true }, random.Derive(name)));
        }

        if (schema.NumericWidth > 0) Norm = Add("norm", new LayerNorm(schema.NumericWidth));
        Tower = Add("tower", new Mlp((Tokenizer.Count * options.TokenWidth) + schema.NumericWidth, options.Tower(task), random.Derive("tower")));
    }

    public FeatureTokenizer Tokenizer { get; }

    public TransformerEncoderLayer[] Blocks { get; }

    public LayerNorm? Norm { get; }

    public Mlp Tower { get; }

    public Tensor Forward(Batch batch)
    {
        Tensor tokens = Tokenizer.Forward(batch);
        if (_dropout is not null) tokens = _dropout.Forward(tokens);
        foreach (TransformerEncoderLayer block in Blocks) tokens = block.Forward(tokens);
        Tensor flat = tokens.Reshape(batch.Rows, Tokenizer.Count * Tokenizer.Width);
        return Tower.Forward(Norm is null ? flat : Tensor.Concat([flat, Norm.Forward(batch.Numeric)], 1));
    }
}
