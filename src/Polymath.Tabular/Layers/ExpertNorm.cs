namespace Polymath.Tabular;

/// <summary>What follows the linear map in every layer of an expert of <see cref="HoME"/>.</summary>
public enum ExpertNorm
{
    /// <summary>Batch normalisation and swish: outputs of all experts have one scale, so gates compare like with like, and no unit is zero for half of the rows (the paper).</summary>
    BatchNormSwish,

    /// <summary>ReLU alone: experts as those of MMoE; the ablation.</summary>
    Relu,

    /// <summary>Layer normalisation and swish (one public port): another method, but for batches of one row too.</summary>
    LayerNormSwish,
}
