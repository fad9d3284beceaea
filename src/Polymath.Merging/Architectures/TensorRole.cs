namespace Polymath.Merging.Architectures;

/// <summary>What a tensor is in its model.</summary>
public enum TensorRole
{
    /// <summary>It belongs to a layer of the stack.</summary>
    Layer,

    /// <summary>Its rows are the embeddings of tokens.</summary>
    Embedding,

    /// <summary>It stands before the layers: positions, patches, the norm of the embeddings.</summary>
    Input,

    /// <summary>Its rows give the scores of tokens.</summary>
    Head,

    /// <summary>It stands behind the layers: the final norm, a pooler, a classifier.</summary>
    Output,
}
