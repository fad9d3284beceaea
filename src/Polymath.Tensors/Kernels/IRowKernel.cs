namespace Polymath.Tensors.Kernels;

/// <summary>What is done to one row of a row-major block.</summary>
internal interface IRowKernel
{
    /// <summary>Processes one row; rows are independent.</summary>
    void Row(int row);
}
