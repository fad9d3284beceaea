namespace Polymath.Boosting;

/// <summary>How theta moves in block 2; g is the derivative of the loss with respect to the theta of a task.</summary>
public enum ThetaStep
{
    /// <summary>theta -= rate * sum of g over the rows of the task, as in the paper: with ten thousand rows a task sigmoid(theta) is at 0 or 1 within a few steps.</summary>
    Sum,

    /// <summary>theta -= rate * mean of g over the rows of the task.</summary>
    Mean,

    /// <summary>theta -= rate * sum of g / (1 + sum of curvatures): a Gauss-Newton step, whose size does not depend on the number of rows.</summary>
    Newton,
}
