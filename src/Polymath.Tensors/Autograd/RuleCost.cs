namespace Polymath.Tensors;

/// <summary>Multiplications of one backward rule for one task.</summary>
/// <param name="Others">Of everything but <paramref name="Weight"/>.</param>
/// <param name="Weight">Of a weight gradient that only its inner products are wanted of; 0 for none.</param>
/// <param name="Batch">Rows of the layer's input.</param>
/// <param name="Inputs">Width of the layer's input.</param>
/// <param name="Outputs">Width of the layer's output.</param>
internal readonly record struct RuleCost(double Others, double Weight = 0, double Batch = 0, double Inputs = 0, double Outputs = 0)
{
    /// <summary>All of it.</summary>
    public double Total => Others + Weight;

    /// <summary>The inner products of K such weight gradients through those of inputs and cotangents.</summary>
    public double Pairs(int tasks) => (Batch * Batch * Inputs) + (tasks * (tasks + 1) / 2 * Batch * Batch * Outputs);

    /// <summary>Whether that is less than the K gradients themselves.</summary>
    public bool PrefersPairs(int tasks) => Pairs(tasks) < tasks * Weight;
}
