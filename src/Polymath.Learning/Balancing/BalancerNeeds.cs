namespace Polymath.Learning.Balancing;

/// <summary>What a balancer reads; the trainer computes no more than that.</summary>
[Flags]
public enum BalancerNeeds
{
    /// <summary>The K loss values: one backward pass per step.</summary>
    Losses = 1,

    /// <summary>The K x K matrix of inner products of the task gradients: K cotangents per step.</summary>
    Gramian = 2,

    /// <summary>The K x P task gradients themselves, element by element.</summary>
    Gradients = 4,

    /// <summary>The inner products at the shared representation instead of the shared parameters, whatever the trainer's options say.</summary>
    RepresentationGradients = 8,

    /// <summary>The losses of the same batch once more, after the parameters moved: one more forward pass per step.</summary>
    LossesAfterStep = 16,

    /// <summary>The K x P gradients of three independent batches at the same parameters: three forward and three K-fold backward passes per step.</summary>
    ThreeBatches = 32,

    /// <summary>Gradients at parameters of its own choosing, on an inner and an outer half of the rows.</summary>
    Bilevel = 64,
}
