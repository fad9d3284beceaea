namespace Polymath.Tabular;

/// <summary>How weights are first drawn, after the published library whose networks are to be matched; biases of final maps are always kept.</summary>
public enum MlpConvention
{
    /// <summary>Linear maps U(-1/sqrt(in), 1/sqrt(in)), embeddings Xavier uniform (torch-rechub, MTReclib).</summary>
    RecHub,

    /// <summary>Linear maps and embeddings N(0, 0.01^2), biases 0 (MultiTab). Almost constant outputs at first unless batch norm is on.</summary>
    MultiTab,

    /// <summary>Linear maps and embeddings N(0, 0.0001^2), biases U(-1/sqrt(in), 1/sqrt(in)) (DeepCTR-Torch).</summary>
    DeepCtr,

    /// <summary>Linear maps Xavier normal, embeddings N(0, 0.0001^2), biases 0 (FuxiCTR, STEM).</summary>
    FuxiCtr,
}
