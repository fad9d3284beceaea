using Polymath.Learning.Optimization;
using Polymath.Tensors;

namespace Polymath.Reproductions.ZLoss;

/// <summary>Next-word prediction: the embeddings of three words side by side, one hidden layer with ReLU, and an output for every word.</summary>
internal sealed class WordModel
{
    private const int Embedding = 64, Hidden = 128, BatchSize = 128;
    private readonly WordText _text;
    private readonly Func<Tensor, Tensor, Tensor> _loss;
    private readonly Tensor _table;
    private readonly Tensor[] _parameters;
    private readonly Adam[] _optimizers;
    private readonly Learning.Linear _hidden, _output;

    /// <param name="text">What is learned.</param>
    /// <param name="loss">The mean loss of outputs <c>[rows, D]</c> and labels <c>[rows]</c>.</param>
    /// <param name="rate">Adam's learning rate.</param>
    /// <param name="random">Where initial values come from.</param>
    public WordModel(WordText text, Func<Tensor, Tensor, Tensor> loss, double rate, RandomStream random)
    {
        (_text, _loss) = (text, loss);
        _table = (Tensor.Normal(random, new Shape(text.Classes, Embedding)) * 0.1f).Keep().WithGradient();
        _hidden = new Learning.Linear(WordText.Context * Embedding, Hidden, random);
        _output = new Learning.Linear(Hidden, text.Classes, random);
        _parameters = [_table, _hidden.Weight.Value, _hidden.Bias!.Value, _output.Weight.Value, _output.Bias!.Value];
        _optimizers = [.. _parameters.Select(parameter =>
        {
            var adam = new Adam(rate);
            adam.Prepare(parameter.Shape.Length);
            return adam;
        })];
    }

    /// <summary>Goes through a part of the text in random order.</summary>
    /// <param name="positions">The part.</param>
    /// <param name="random">The order.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public void Train(Range positions, RandomStream random, CancellationToken cancellation)
    {
        (int first, int count) = positions.GetOffsetAndLength(_text.Words.Length);
        int[] order = new int[count];
        random.FillPermutation(order);
        using var tape = new Tape();
        for (int start = 0; start + BatchSize <= count; start += BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            tape.Reset();
            int[] rows = [.. order.AsSpan(start, BatchSize).ToArray().Select(offset => first + offset)];
            Tensor loss = _loss(Forward(rows), Labels(rows));
            Tensor[] gradients = tape.Gradients([loss], _parameters);
            for (int p = 0; p < gradients.Length; p++) _optimizers[p].Step(_parameters[p].Span, gradients[p].Span);
        }
    }

    /// <summary>The share of words that are not among the k best predictions, for each k.</summary>
    /// <param name="positions">A part of the text.</param>
    /// <param name="ranks">The k.</param>
    public double[] Errors(Range positions, IReadOnlyList<int> ranks)
    {
        (int first, int count) = positions.GetOffsetAndLength(_text.Words.Length);
        int[] missed = new int[ranks.Count];
        using var tape = new Tape();
        using Tape.NoGradientScope scope = Tape.NoGradient();
        for (int start = 0; start < count; start += BatchSize)
        {
            tape.Reset();
            int[] rows = [.. Enumerable.Range(first + start, Math.Min(BatchSize, count - start))];
            ReadOnlySpan<float> outputs = Forward(rows).Span;
            for (int j = 0; j < rows.Length; j++)
            {
                ReadOnlySpan<float> row = outputs.Slice(j * _text.Classes, _text.Classes);
                int better = 0;
                float own = row[_text.Words[rows[j]]];
                // Not smaller, but for the word itself: a NaN or a tie never counts as right.
                foreach (float output in row) better += output < own ? 0 : 1;
                for (int k = 0; k < missed.Length; k++) missed[k] += better > ranks[k] ? 1 : 0;
            }
        }

        return [.. missed.Select(number => 100.0 * number / count)];
    }

    private Tensor Forward(int[] rows)
    {
        var ids = new IndexTensor([rows.Length, WordText.Context]);
        for (int j = 0; j < rows.Length; j++) _text.Words.AsSpan(rows[j] - WordText.Context, WordText.Context).CopyTo(ids.Span[(j * WordText.Context)..]);
        Tensor words = Fused.Embedding(_table, ids).Reshape(new Shape(rows.Length, WordText.Context * Embedding));
        return _output.Forward(_hidden.Forward(words, Activation.Relu));
    }

    private Tensor Labels(int[] rows)
    {
        Tensor labels = Tensor.Zeros(rows.Length);
        for (int j = 0; j < rows.Length; j++) labels.Span[j] = _text.Words[rows[j]];
        return labels;
    }
}
