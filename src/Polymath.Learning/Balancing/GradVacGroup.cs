namespace Polymath.Learning.Balancing;

/// <summary>The pieces of the shared parameters in which <see cref="GradVac"/> measures and changes angles.</summary>
public enum GradVacGroup
{
    /// <summary>All shared parameters as one vector.</summary>
    Model,

    /// <summary>The parameters of every module by themselves.</summary>
    Module,

    /// <summary>Every parameter tensor by itself.</summary>
    Tensor,
}
