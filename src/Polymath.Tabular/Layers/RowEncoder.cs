using System.Globalization;
using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>
/// The layer over rows: the n tokens of a row, side by side, are one position of width n e, and the rows of the batch are the sequence. In
/// inference rows that attend to each other do so in groups of fixed size, so that a prediction depends on its group and not on how many
/// rows are asked for at once; unless given, the size is that of the batches in training, kept as the buffer <c>batch_rows</c>.
/// </summary>
internal sealed class RowEncoder : Module
{
    private const long Budget = 10_000_000, Most = 100_000_000;
    private const int Untrained = 256;

    private readonly RowMode _mode;
    private readonly int _group;
    private readonly Tensor _batchRows;
    private readonly TransformerEncoderLayer _layer;

    public RowEncoder(TransformerEncoderLayerOptions options, int group, RandomStream random)
    {
        // Said before the memory is asked for: with a thousand columns it would not be there.
        const long Maps = 4, ValueMaps = 2;
        long parameters = (options.Mode == RowMode.ValueOnly ? ValueMaps : Maps) * options.Width * options.Width;
        if (parameters > Most) throw new ModelException(string.Create(CultureInfo.InvariantCulture, $"a layer over rows has maps of {options.Width} by {options.Width}, tokens times embedding-width, {parameters:N0} parameters in all, expected at most {Most:N0}; lower embedding-width, leave out columns, or choose ft-transformer, which attends over columns only."));
        (_mode, _group) = (options.Mode, group);
        _layer = Add("layer", new TransformerEncoderLayer(options, random));
        if (group == 0 && options.Mode != RowMode.ValueOnly) _batchRows = RegisterBuffer("batch_rows", Tensor.Zeros(1));
    }

    private int Group => _group > 0 ? _group : _batchRows.Span[0] > 0f ? (int)_batchRows.Span[0] : Untrained;

    /// <summary>What is worth telling about the row layers of a model.</summary>
    public static IReadOnlyList<string> Notes(string model, bool interact, int group, IEnumerable<TokenBlock> blocks, FeatureTokenizer tokenizer)
    {
        var notes = new List<string>();
        if (interact) notes.Add($"{model}: rows attend to each other, so a prediction depends on the rows it is asked for with: in inference, on a group (row-group) of {(group > 0 ? group.ToString(CultureInfo.InvariantCulture) : "as many as a training batch had")}, drawn at random from the table.");
        long parameters = blocks.Sum(block => block.Rows?.ParameterCount ?? 0);
        if (parameters > Budget) notes.Add(string.Create(CultureInfo.InvariantCulture, $"{model}: the row layers have {parameters:N0} parameters, since {tokenizer.Count} tokens of width {tokenizer.Width} make maps of {tokenizer.Count * tokenizer.Width} by {tokenizer.Count * tokenizer.Width}; a smaller embedding-width saves most of them."));
        return notes;
    }

    /// <summary>The first <paramref name="count"/> tokens of what <see cref="Forward"/> gives.</summary>
    public Tensor ForwardFirst(Tensor tokens, int count)
    {
        Shape shape = tokens.Shape;
        if (_mode != RowMode.ValueOnly) return Forward(tokens).Slice(1, 0, count);
        return _layer.ForwardValues(tokens.Reshape(shape[0], shape[1] * shape[2]), count * shape[2]).Reshape(shape[0], count, shape[2]);
    }

    /// <summary><c>[rows, tokens, width]</c> to the same.</summary>
    public Tensor Forward(Tensor tokens)
    {
        Shape shape = tokens.Shape;
        int rows = shape[0], width = shape[1] * shape[2];
        if (_mode == RowMode.ValueOnly) return _layer.Forward(tokens.Reshape(1, rows, width)).Reshape(shape);
        if (Training && _group == 0) _batchRows.Span[0] = Math.Max(_batchRows.Span[0], rows);
        int group = Group;
        if (Training || rows <= group) return _layer.Forward(tokens.Reshape(1, rows, width)).Reshape(shape);
        int whole = rows / group * group;
        Tensor flat = tokens.Reshape(rows, width), groups = _layer.Forward(flat.Slice(0, 0, whole).Reshape(whole / group, group, width)).Reshape(whole, width);
        if (whole < rows) groups = Tensor.Concat([groups, _layer.Forward(flat.Slice(0, whole, rows - whole).Reshape(1, rows - whole, width)).Reshape(rows - whole, width)], 0);
        return groups.Reshape(shape);
    }
}
