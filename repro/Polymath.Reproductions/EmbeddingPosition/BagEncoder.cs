using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>A small text encoder: the mean of the vectors of a text's parts, and a network of one hidden layer on it.</summary>
internal sealed class BagEncoder : Module
{
    public const int Width = 64;
    private const float Deviation = 0.1f;
    private readonly Embedding _table;
    private readonly Mlp _network;

    public BagEncoder(RandomStream random)
    {
        _table = Add("table", new Embedding(HashedText.Vocabulary, Width, random, Initializer.Normal(deviation: Deviation)));
        _network = Add("network", new Mlp(Width, new MlpOptions { Hidden = [2 * Width], OutputSize = Width }, random));
    }

    /// <summary>Embeds texts, <c>[texts, 64]</c>, not normalised.</summary>
    public Tensor Forward(IReadOnlyList<int[]> texts)
    {
        int total = texts.Sum(text => text.Length);
        IndexTensor ids = new(total), owners = new(total);
        Tensor shares = Tensor.Zeros(texts.Count, 1);
        for (int i = 0, at = 0; i < texts.Count; at += texts[i++].Length)
        {
            texts[i].CopyTo(ids.Span[at..]);
            owners.Span.Slice(at, texts[i].Length).Fill(i);
            shares.Span[i] = 1f / texts[i].Length;
        }

        return _network.Forward(_table.Forward(ids).ScatterRows(owners, texts.Count) * shares);
    }
}
