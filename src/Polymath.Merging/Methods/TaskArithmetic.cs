using Polymath.Merging.Sparsifying;

namespace Polymath.Merging.Methods;

/// <summary>Adds weighted task vectors to the base.</summary>
/// <remarks>Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023</remarks>
public sealed class TaskArithmetic : TaskArithmeticFamily
{
    /// <inheritdoc/>
    public override string Name => "task_arithmetic";

    /// <inheritdoc/>
    public override string Summary => "Adds weighted task vectors to the base.";

    /// <inheritdoc/>
    public override string Formula => "b + lambda sum_m w_m (x_m - b)";

    /// <inheritdoc/>
    public override string Use => "the first thing to try for several fine-tunes of one base";

    /// <inheritdoc/>
    public override string Source => "Ilharco et al., Editing Models with Task Arithmetic, ICLR 2023";

    /// <inheritdoc/>
    private protected override SparsifierKind Sparsifier => SparsifierKind.None;
}
