using System.Globalization;
using System.Runtime.CompilerServices;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// Turns the rows of a batch into the input x of a network: the vector of every categorical field in schema order, then the numeric
/// columns, then one vector per list of ids (<see cref="SequencePooling"/>). Parameters: <c>fields.0.weight</c> <c>[cardinality, width]</c>,
/// <c>numeric.weight</c>, <c>numeric.bias</c> when numeric columns pass a linear map, <c>sequences.tables.0.weight</c> for a list of ids of no
/// field, and <c>sequences.units.0...</c> with attention.
/// </summary>
/// <example><code>
/// var schema = new FeatureSchema(["age"], [new CategoricalFeature("country", 40)]);
/// var input = new FeatureEmbedding(schema, new FeatureEmbeddingOptions { Width = 8 }, new RandomStream(1));
/// int width = input.Width;   // 8 + 1
/// </code></example>
public sealed class FeatureEmbedding : Module
{
    private readonly FeatureSchema _schema;
    private readonly Embedding[] _tables;
    private readonly Linear? _joint;
    private readonly PerFieldLinear? _perField;
    private readonly ListPooling? _lists;
    private readonly Dropout? _dropout;
    private readonly bool _oneHot;
    private readonly bool _sparse;
    private readonly ConditionalWeakTable<IndexTensor, IndexTensor> _places = [];

    /// <summary>An input layer.</summary>
    /// <param name="schema">The columns.</param>
    /// <param name="options">Widths and treatment of numeric columns and lists.</param>
    /// <param name="random">Where the initial values come from.</param>
    /// <exception cref="ModelException">Numeric columns ask for a linear map, or lists for attention, while the embedding width is 0; or lists ask for attention and name no field.</exception>
    public FeatureEmbedding(FeatureSchema schema, FeatureEmbeddingOptions options, RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        _schema = schema;
        _oneHot = options.Width == 0;
        if (_oneHot && options.Numeric != NumericHandling.Raw) throw new ModelException("FeatureEmbedding: an embedding width of 0 keeps inputs as they are, expected raw numeric columns with it.");

        _tables = new Embedding[_oneHot ? 0 : schema.Fields.Count];
        int width = 0;
        for (int i = 0; i < schema.Fields.Count; i++)
        {
            CategoricalFeature field = schema.Fields[i];
            int fieldWidth = _oneHot ? field.Cardinality : options.Width ?? WidthFor(field.Cardinality);
            if (!_oneHot) _tables[i] = Add(string.Create(CultureInfo.InvariantCulture, $"fields.{i}"), new Embedding(field.Cardinality, fieldWidth, random.Derive(field.Name), options.TableInitializer, sparse: options.SparseFrom > 0 && field.Cardinality >= options.SparseFrom));
            width += fieldWidth;
        }

        _sparse = _tables.Any(table => table.Weight.Window is not null);
        int numericWidth = options.Width ?? FeatureEmbeddingOptions.AutomaticNumericWidth;
        if (schema.NumericWidth > 0)
        {
            if (options.Numeric == NumericHandling.OneFieldLinear) _joint = Add("numeric", new Linear(schema.NumericWidth, numericWidth, random.Derive("numeric"), bias: true, options.Initializer));
            if (options.Numeric == NumericHandling.PerFieldLinear) _perField = Add("numeric", new PerFieldLinear(schema.NumericWidth, numericWidth, options.Initializer, random.Derive("numeric")));
            width += _joint?.Outputs ?? _perField?.Outputs ?? schema.NumericWidth;
        }

        if (schema.Sequences.Count > 0) _lists = Add("sequences", new ListPooling(schema, _tables, options, random.Derive("sequences")));
        if (options.Dropout > 0f) _dropout = Add("dropout", new Dropout(options.Dropout));
        Width = width + (_lists?.Width ?? 0);
    }

    /// <summary>Width of x.</summary>
    public int Width { get; }

    /// <summary>The tables, one per categorical field; none when the embedding width is 0.</summary>
    public IReadOnlyList<Embedding> Tables => _tables;

    /// <summary>The width of a table when none is given: min(50, round(1.6 n^0.56)) for n ids, the rule of fastai.</summary>
    /// <param name="cardinality">n, at least 1.</param>
    public static int WidthFor(int cardinality) => Math.Clamp((int)Math.Round(1.6 * Math.Pow(cardinality, 0.56), MidpointRounding.ToEven), 1, 50);

    /// <summary>x of every row.</summary>
    /// <param name="batch">Rows that fit the schema; labels are not read.</param>
    /// <returns>Shape <c>[rows, Width]</c>.</returns>
    /// <exception cref="ModelException">The batch does not fit the schema.</exception>
    public Tensor Forward(Batch batch)
    {
        Tensor joined = Fields(batch);
        if (_lists is not null) joined = _lists.Append(joined, batch);
        return _dropout is null ? joined : _dropout.Forward(joined);
    }

    /// <summary>The categorical fields and the numeric columns of every row, without lists and dropout; empty when there are neither.</summary>
    internal Tensor Fields(Batch batch)
    {
        _schema.Require(batch);
        Tensor numbers = _schema.NumericWidth == 0 ? default : _joint?.Forward(batch.Numeric) ?? _perField?.Forward(batch.Numeric) ?? batch.Numeric;
        return _schema.Fields.Count == 0 ? numbers : _oneHot ? Indicators(batch, numbers) : LookUp(batch, numbers);
    }

    /// <summary>The vectors of one list of every row, <c>[rows, longest length, width]</c>; zero at padding.</summary>
    internal Tensor List(Batch batch, int sequence) => _lists!.Items(batch, sequence);

    /// <summary>Where one list of every row has items, <c>[rows, longest length]</c>.</summary>
    internal Tensor Mask(Batch batch, int sequence) => _lists!.Mask(batch, sequence);

    private Tensor LookUp(Batch batch, Tensor numbers)
    {
        using var tables = new TensorBuffer(_tables.Length);
        IndexTensor ids = _sparse ? Places(batch.Categories) : batch.Categories;
        for (int i = 0; i < _tables.Length; i++) tables.Span[i] = _tables[i].Source;
        return Fused.EmbedFields(tables.Span, ids, numbers);
    }

    /// <summary>Where the ids of a batch are to be looked up while a step is in progress; like the ids, they belong to the batch and are overwritten with it.</summary>
    private IndexTensor Places(IndexTensor ids)
    {
        bool windowed = false;
        foreach (Embedding table in _tables) windowed |= table.IsWindowed;
        if (!windowed) return ids;
        if (!_places.TryGetValue(ids, out IndexTensor? places)) _places.Add(ids, places = new IndexTensor(ids.Shape));
        for (int field = 0; field < _tables.Length; field++) _tables[field].Locate(ids.Span, places.Span, field, _tables.Length);
        return places;
    }

    private Tensor Indicators(Batch batch, Tensor numbers)
    {
        int fields = _schema.Fields.Count, count = fields + (numbers.IsEmpty ? 0 : 1);
        using var parts = new TensorBuffer(count);
        for (int field = 0; field < fields; field++) parts.Span[field] = Fused.Indicators(batch.Categories, field, _schema.Fields[field].Cardinality);
        if (!numbers.IsEmpty) parts.Span[fields] = numbers;
        return Tensor.Concat(parts.Span, 1);
    }
}
