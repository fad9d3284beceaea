namespace Polymath.Tensors.Kernels;

/// <summary>
/// Where the rows of every head lie in a block <c>[batch, length, ...]</c>: head h of row r of item b starts at
/// <c>Data + b BatchStride + r RowStride + h Depth</c>. So a head is read and written in place, also inside a packed projection.
/// </summary>
internal unsafe struct AttentionHeads
{
    public float* Data;
    public nint BatchStride;
    public int RowStride, Depth;

    /// <summary>The first row of one head.</summary>
    public readonly float* At(int batch, int head) => Data + (batch * BatchStride) + ((nint)head * Depth);

    /// <summary>The same places in the block of another task.</summary>
    public readonly AttentionHeads Task(int task, nint taskStride) => this with { Data = Data == null ? null : Data + (task * taskStride) };

    /// <summary>Copies rows, times a factor, to contiguous memory <c>[rows, Depth]</c>.</summary>
    public readonly void CopyRows(float* source, int rows, float factor, float* target)
    {
        for (int r = 0; r < rows; r++, source += RowStride, target += Depth) RowMath.Scale(source, factor, target, Depth);
    }

    /// <summary>Copies contiguous memory <c>[rows, Depth]</c>, times a factor, to rows.</summary>
    public readonly void PasteRows(float* source, int rows, float factor, float* target)
    {
        for (int r = 0; r < rows; r++, source += Depth, target += RowStride) RowMath.Scale(source, factor, target, Depth);
    }

    /// <summary>target[Depth, rows] = source[rows, Depth] transposed, both contiguous.</summary>
    public readonly void Transpose(float* source, int rows, float* target)
    {
        const int Band = 8;
        int depth = Depth, r = 0;
        for (; r + Band <= rows; r += Band, source += (nint)Band * depth)
        {
            float* from = source, to = target + r;
            for (int d = 0; d < depth; d++, from++, to += rows)
            {
                to[0] = from[0];
                to[1] = from[depth];
                to[2] = from[2 * depth];
                to[3] = from[3 * depth];
                to[4] = from[4 * depth];
                to[5] = from[5 * depth];
                to[6] = from[6 * depth];
                to[7] = from[7 * depth];
            }
        }

        for (; r < rows; r++, source += depth)
        {
            for (int d = 0; d < depth; d++) target[(d * rows) + r] = source[d];
        }
    }
}
