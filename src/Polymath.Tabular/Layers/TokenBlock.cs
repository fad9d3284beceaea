using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>A layer over the columns of every row, then, if there is one, a layer over the rows.</summary>
internal sealed class TokenBlock : Module
{
    public TokenBlock(TransformerEncoderLayerOptions columns, TransformerEncoderLayerOptions? rows, int group, RandomStream random)
    {
        Columns = Add("columns", new TransformerEncoderLayer(columns, random.Derive("columns")));
        if (rows is not null) Rows = Add("rows", new RowEncoder(rows, group, random.Derive("rows")));
    }

    public TransformerEncoderLayer Columns { get; }

    public RowEncoder? Rows { get; }

    /// <summary>For the table of sizes.</summary>
    public static IEnumerable<KeyValuePair<string, Module>> Parts(IEnumerable<TokenBlock> blocks)
        => blocks.SelectMany(block => block.Rows is null ? [TabularModel.Part("column layers", block.Columns)] : (KeyValuePair<string, Module>[])[TabularModel.Part("column layers", block.Columns), TabularModel.Part("row layers", block.Rows)]);

    /// <summary><c>[rows, tokens, width]</c> to the same.</summary>
    public Tensor Forward(Tensor tokens, Tensor mask)
    {
        Tensor seen = Columns.Forward(tokens, mask);
        return Rows is null ? seen : Rows.Forward(seen);
    }

    /// <summary>The first <paramref name="count"/> tokens of what <see cref="Forward"/> gives, which is all that is read of the last block.</summary>
    public Tensor ForwardFirst(Tensor tokens, Tensor mask, int count)
        => Rows is null ? Columns.ForwardPositions(tokens, mask, count) : Rows.ForwardFirst(Columns.Forward(tokens, mask), count);
}
