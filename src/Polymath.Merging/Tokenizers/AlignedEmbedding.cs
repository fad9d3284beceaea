using System.Numerics.Tensors;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Tokenizers;

/// <summary>
/// A model's embedding with the rows of another vocabulary, made while it is read: runs of rows are read from the models' files, so the matrix is
/// never in memory. Rows without a token are the mean of the rows with one.
/// </summary>
public sealed class AlignedEmbedding : SourceTensor
{
    private readonly TokenAlignment _alignment;
    private readonly int _model;
    private readonly IReadOnlyList<SourceTensor> _embeddings;
    private readonly int _columns;
    private readonly Lazy<float[]> _padding;

    internal AlignedEmbedding(TokenAlignment alignment, int model, IReadOnlyList<SourceTensor> embeddings)
        : base(embeddings[model].Name, embeddings[model].Type, embeddings[model].Shape.Count == 1 ? [alignment.Rows] : [alignment.Rows, embeddings[model].Shape[1]])
    {
        SourceTensor? odd = embeddings.FirstOrDefault(tensor => !tensor.Shape.Skip(1).SequenceEqual(embeddings[0].Shape.Skip(1)));
        if (odd is not null) throw new MergeException($"tensor '{odd.Name}' has shape [{string.Join(", ", odd.Shape)}] in one model and [{string.Join(", ", embeddings[0].Shape)}] in another, expected the same number of columns.");
        int low = Enumerable.Range(0, embeddings.Count).FirstOrDefault(index => embeddings[index].Shape[0] < alignment.RowsOf(index), -1);
        if (low >= 0) throw new MergeException($"tensor '{embeddings[low].Name}' has {embeddings[low].Shape[0]} rows, but the embedding of its model {alignment.RowsOf(low)}, so its tokens cannot be aligned.");
        (_alignment, _model, _embeddings) = (alignment, model, embeddings);
        _columns = Shape.Count == 1 ? 1 : checked((int)Shape[1]);
        _padding = new(MeanOfTokens);
    }

    /// <inheritdoc/>
    public override void Read(long start, Span<float> destination)
    {
        while (!destination.IsEmpty)
        {
            long row = start / _columns;
            int column = (int)(start % _columns), count = Math.Min(destination.Length, _columns - column);
            (int model, int source) = _alignment.SourceOf(_model, row);
            // Neighbouring rows that are neighbours in the file too are read at once.
            if (model >= 0)
            {
                for (long next = row + 1; count < destination.Length && _alignment.SourceOf(_model, next) == (model, (int)(source + next - row)); next++) count = Math.Min(destination.Length, count + _columns);
                _embeddings[model].Read(((long)source * _columns) + column, destination[..count]);
            }
            else
            {
                Fill(model, row, column, destination[..count]);
            }

            destination = destination[count..];
            start += count;
        }
    }

    private void Fill(int kind, long row, int column, Span<float> destination)
    {
        switch (kind)
        {
            case TokenAlignment.Padding:
                _padding.Value.AsSpan(column, destination.Length).CopyTo(destination);
                break;
            case TokenAlignment.Mean:
                float[] one = new float[destination.Length];
                int holders = 0;
                destination.Clear();
                foreach ((int model, int source) in _alignment.HoldersOf(row))
                {
                    _embeddings[model].Read(((long)source * _columns) + column, one);
                    TensorPrimitives.Add(destination, one, destination);
                    holders++;
                }

                TensorPrimitives.Divide(destination, holders, destination);
                break;
            default:
                destination.Clear();
                break;
        }
    }

    private float[] MeanOfTokens()
    {
        double[] sum = new double[_columns];
        float[] values = new float[_columns];
        long tokens = 0;
        for (long row = 0; row < _alignment.Rows; row++)
        {
            if (_alignment.SourceOf(_model, row).Model == TokenAlignment.Padding) continue;
            Read(row * _columns, values);
            for (int i = 0; i < values.Length; i++) sum[i] += values[i];
            tokens++;
        }

        return Array.ConvertAll(sum, value => (float)(tokens == 0 ? 0 : value / tokens));
    }
}
