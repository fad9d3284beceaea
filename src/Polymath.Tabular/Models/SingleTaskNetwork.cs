using Polymath.Learning;
using Polymath.Tensors;

namespace Polymath.Tabular;

/// <summary>The network of one task: its own input layer, bottom and tower.</summary>
internal sealed class SingleTaskNetwork : Module
{
    public SingleTaskNetwork(FeatureSchema schema, Target task, SingleTaskOptions options, RandomStream random)
    {
        Embedding = Add("embedding", new FeatureEmbedding(schema, options.Embedding, random.Derive("embedding")));
        Bottom = Add("bottom", new Mlp(Embedding.Width, options.Hidden(options.BottomHidden), random.Derive("bottom")));
        Tower = Add("tower", new Mlp(Bottom.Outputs, options.Tower(task), random.Derive("tower")));
    }

    public FeatureEmbedding Embedding { get; }

    public Mlp Bottom { get; }

    public Mlp Tower { get; }

    public Tensor Forward(Batch batch) => Tower.Forward(Bottom.Forward(Embedding.Forward(batch)));
}
