namespace Polymath.Tabular;

/// <summary>How a <see cref="FeatureGate"/> computes its factors.</summary>
public enum FeatureGateKind
{
    /// <summary>A mixture of low-rank maps (HoME).</summary>
    Lora,

    /// <summary>2 sigmoid(W2 relu(W1 v + b1) + b2): one small network instead of low-rank maps (a survey model of TikTok, RecSys 2025; not HoME).</summary>
    Mlp,
}
