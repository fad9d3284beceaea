using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Turns every column of a row into a token of one width (Gorishniy et al. 2021; FeatureEmbedding of MultiTab): first the tokens that belong to
/// no column, w + b each, then the vector of every categorical field, then x_j w_j + b_j of every numeric column, then a vector for every list of
/// ids, pooled from those of its items. A field with a single id is a constant, as a numeric column that is always 0 would be. Parameters:
/// <c>tokens.weight</c>, <c>tokens.bias</c> <c>[tokens, width]</c>, <c>fields.0.weight</c> <c>[ids, width]</c>, ..., <c>numeric.weight</c>,
/// <c>numeric.bias</c> <c>[columns, width]</c>, and <c>sequences</c> with tables of lists that share none with a field.
/// </summary>
/// <example><code>
/// var schema = new FeatureSchema(["age"], [new CategoricalFeature("country", 40)]);
/// var tokenizer = new FeatureTokenizer(schema, width: 16, tokens: 2, initializer: null, new RandomStream(1));
/// int count = tokenizer.Count;   // 2 + 1 + 1
/// </code></example>
public sealed class FeatureTokenizer : Module
{
    private readonly FeatureSchema _schema;
    private readonly Embedding[] _tables;
    private readonly PerFieldLinear? _tokens, _numeric;
    private readonly ListPooling? _lists;

    /// <summary>A tokenizer.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="width">Width of every token, at least 1.</param>
    /// <param name="tokens">Learned tokens before those of the columns, 0 or more.</param>
    /// <param name="initializer">Draws all weights, biases are then 0; null draws weights and biases from U(-1, 1), as one input asks for, and tables from N(0, 1).</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <param name="pooling">How a list of ids becomes one token.</param>
    /// <exception cref="ModelException">Attention to the row's own item is asked for, and a list names no field of items.</exception>
    public FeatureTokenizer(FeatureSchema schema, int width, int tokens, Initializer? initializer, RandomStream random, SequencePooling pooling = SequencePooling.Mean)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        _schema = schema;
        Width = width;
        Tokens = tokens;
        if (tokens > 0) _tokens = Add("tokens", new PerFieldLinear(tokens, width, initializer, random.Derive("tokens")));
        _tables = new Embedding[schema.Fields.Count];
        for (int i = 0; i < _tables.Length; i++) _tables[i] = Add(string.Create(CultureInfo.InvariantCulture, $"fields.{i}"), new Embedding(schema.Fields[i].Cardinality, width, random.Derive(schema.Fields[i].Name), initializer));
        if (schema.NumericWidth > 0) _numeric = Add("numeric", new PerFieldLinear(schema.NumericWidth, width, initializer, random.Derive("numeric")));
        if (schema.Sequences.Count == 0) return;
        var lists = new FeatureEmbeddingOptions { Width = width, SequencePooling = pooling, TableInitializer = initializer };
        _lists = Add("sequences", new ListPooling(schema, _tables, lists, random.Derive("sequences")));
    }

    /// <summary>e, the width of every token.</summary>
    public int Width { get; }

    /// <summary>Tokens that belong to no column.</summary>
    public int Tokens { get; }

    /// <summary>n, all tokens of a row.</summary>
    public int Count => Tokens + _schema.Fields.Count + _schema.NumericWidth + _schema.Sequences.Count;

    /// <summary>What the tokens stand for, in order: "token 0", ..., then the names of the columns.</summary>
    public IReadOnlyList<string> Names => [.. Enumerable.Range(0, Tokens).Select(i => string.Create(CultureInfo.InvariantCulture, $"token {i}")), .. _schema.Fields.Select(column => column.Name), .. _schema.NumericNames, .. _schema.Sequences.Select(list => list.Name)];

    /// <summary>The tokens of every row.</summary>
    /// <param name="batch">Rows that fit the schema; labels are not read.</param>
    /// <returns>Shape <c>[rows, Count, Width]</c>.</returns>
    /// <exception cref="ModelException">The batch does not fit the schema.</exception>
    public Tensor Forward(Batch batch)
    {
        _schema.Require(batch);
        int rows = batch.Rows;
        Tensor columns = _numeric is null ? default : _numeric.Forward(batch.Numeric);
        if (_tables.Length > 0)
        {
            using var tables = new TensorBuffer(_tables.Length);
            for (int i = 0; i < _tables.Length; i++) tables.Span[i] = _tables[i].Weight.Value;
            columns = Fused.EmbedFields(tables.Span, batch.Categories, columns);
        }

        if (_lists is not null) columns = _lists.Append(columns, batch);
        if (_tokens is null) return columns.Reshape(rows, Count, Width);
        Tensor tokens = (_tokens.Weight.Value + _tokens.Bias.Value).Reshape(1, Tokens * Width).BroadcastTo(rows, Tokens * Width);
        return Tensor.Concat([tokens, columns], 1).Reshape(rows, Count, Width);
    }
}
