using System.Runtime.CompilerServices;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// One vector for every list of ids of a row: the mean, sum or attention-weighted sum of its items' vectors, or the count of every id when there
/// are no tables. The items of a list share the table of their field. Children: <c>tables.0</c> for lists of ids of no field, and
/// <c>units.0</c> (<see cref="ActivationUnit"/>) with attention.
/// </summary>
internal sealed class ListPooling : Module
{
    private readonly FeatureSchema _schema;
    private readonly SequencePooling _pooling;
    private readonly Embedding[] _tables;
    private readonly ActivationUnit[] _units;
    private readonly int[] _starts, _itemStarts;
    private readonly ConditionalWeakTable<IndexTensor, IndexTensor> _places = [];

    /// <param name="schema">The columns, with at least one list.</param>
    /// <param name="fields">The tables of the categorical fields; none for indicators.</param>
    /// <param name="options">Widths and pooling.</param>
    /// <param name="random">Where the initial values come from.</param>
    public ListPooling(FeatureSchema schema, Embedding[] fields, FeatureEmbeddingOptions options, RandomStream random)
    {
        (_schema, _pooling) = (schema, options.SequencePooling);
        int count = schema.Sequences.Count;
        bool attention = _pooling == SequencePooling.Attention, oneHot = options.Width == 0;
        if (attention && oneHot) throw new ModelException("sequence-pooling=attention compares vectors, and an embedding width of 0 has none; expected a width of at least 1, or mean or sum.");
        _tables = new Embedding[oneHot ? 0 : count];
        _units = new ActivationUnit[attention ? count : 0];
        (_starts, _itemStarts) = (new int[count], new int[count]);
        for (int s = 0, start = 0; s < count; s++)
        {
            SequenceFeature list = schema.Sequences[s];
            _starts[s] = start;
            start += list.MaxLength;
            int field = list.Item is null ? -1 : schema.Fields.TakeWhile(known => known.Name != list.Item).Count();
            if (attention && field < 0) throw new ModelException($"sequence-pooling=attention compares a list with the row's own item, and '{list.Name}' names no field of items; expected one ('{list.Name}=item column'), or mean or sum.");
            if (oneHot)
            {
                Width += list.Cardinality;
                continue;
            }

            _tables[s] = field >= 0 ? fields[field] : Add(TabularModel.Numbered("tables", s), new Embedding(list.Cardinality, options.Width ?? FeatureEmbedding.WidthFor(list.Cardinality), random.Derive(list.Name), options.TableInitializer, sparse: options.SparseFrom > 0 && list.Cardinality >= options.SparseFrom) { LookupsPerRow = 0 });
            _tables[s].LookupsPerRow += list.MaxLength;
            Width += _tables[s].Width;
            if (!attention) continue;
            _itemStarts[s] = fields.Take(field).Sum(table => table.Width);
            _units[s] = Add(TabularModel.Numbered("units", s), new ActivationUnit(_tables[s].Width, random.Derive(TabularModel.Numbered("units", s))));
        }
    }

    /// <summary>Columns of all lists together.</summary>
    public int Width { get; }

    /// <summary>Where a list has items, <c>[rows, longest length]</c>.</summary>
    public Tensor Mask(Batch batch, int sequence) => batch.SequenceMask.Slice(1, _starts[sequence], _schema.Sequences[sequence].MaxLength);

    /// <summary>The vectors of a list, <c>[rows, longest length, width]</c>; zero at padding.</summary>
    public Tensor Items(Batch batch, int sequence)
    {
        Embedding table = _tables[sequence];
        int first = _starts[sequence], length = _schema.Sequences[sequence].MaxLength;
        IndexTensor ids = batch.SequenceIds!;
        if (table.IsWindowed)
        {
            // Where the ids lie in the rows that the step touches; like the ids, the places belong to the batch and are overwritten with it.
            if (!_places.TryGetValue(ids, out IndexTensor? places)) _places.Add(ids, places = new IndexTensor(ids.Shape));
            for (int column = first; column < first + length; column++) table.Locate(ids.Span, places.Span, column, _schema.SequenceWidth);
            ids = places;
        }

        return Fused.EmbedList(table.Source, ids, batch.SequenceMask, first, length);
    }

    /// <summary>The lists behind the other columns, which begin with the vectors of the fields; the batch fits the schema.</summary>
    public Tensor Append(Tensor fields, Batch batch)
    {
        using var parts = new TensorBuffer(1 + _schema.Sequences.Count);
        parts.Span[0] = fields;
        for (int s = 0; s < _schema.Sequences.Count; s++) parts.Span[1 + s] = _tables.Length == 0 ? Counts(batch, s) : Pool(fields, batch, s);
        return Tensor.Concat(fields.IsEmpty ? parts.Span[1..] : parts.Span, 1);
    }

    private Tensor Pool(Tensor fields, Batch batch, int sequence)
    {
        Tensor items = Items(batch, sequence), mask = Mask(batch, sequence);
        int length = items.Shape[1], width = items.Shape[2];
        if (_pooling == SequencePooling.Attention) return _units[sequence].Forward(fields.Slice(1, _itemStarts[sequence], width), items, mask);
        return Fused.Mixture(_pooling == SequencePooling.Sum ? mask : Shares(mask), items.Reshape(batch.Rows, length * width));
    }

    /// <summary>How often every id occurs, over the number of items for the mean.</summary>
    private Tensor Counts(Batch batch, int sequence)
    {
        SequenceFeature list = _schema.Sequences[sequence];
        Tensor mask = Mask(batch, sequence), weights = _pooling == SequencePooling.Sum ? mask : Shares(mask), counts = default;
        for (int place = 0; place < list.MaxLength; place++)
        {
            Tensor one = Fused.Indicators(batch.SequenceIds!, _starts[sequence] + place, list.Cardinality) * weights.Slice(1, place, 1);
            counts = place == 0 ? one : counts + one;
        }

        return counts;
    }

    /// <summary>1 over the number of items where there is one.</summary>
    private static Tensor Shares(Tensor mask) => mask / Tensor.Maximum(mask.Sum(1, keepAxis: true), Tensor.Scalar(1f));
}
