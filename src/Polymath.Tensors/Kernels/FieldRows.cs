using System.Runtime.Intrinsics;

namespace Polymath.Tensors.Kernels;

/// <summary>Lookups in many small tables at once: row i of the output is the concatenation of one vector from each table.</summary>
internal static unsafe class FieldRows
{
    private const int Grain = 8 * 1024;

    /// <summary>
    /// y[i, start_f ..] = table_f[ids[i, f]] for every row and field; false when an id is outside its table, y is then not filled.
    /// </summary>
    public static bool Gather(Field* fields, int count, int* ids, int rows, float* y, int stride)
    {
        if (rows == 0 || count == 0) return true;
        bool valid = true;
        var body = new GatherBody { Fields = fields, Count = count, Ids = ids, Rows = rows, Block = Math.Max(1, Grain / Math.Max(1, stride)), Y = y, Stride = stride, Valid = &valid };
        Workers.For(1 + ((rows - 1) / body.Block), ref body);
        return valid;
    }

    /// <summary>
    /// table[ids[i, column]] (+)= sum over i of g[task, i, start ..], in the order of i, and zero where no row points to unless the table
    /// accumulates. One chunk is one table of one task.
    /// </summary>
    public static void Scatter(Target* targets, int count, int fieldsOfIds, int* ids, int rows, float* g, int stride)
    {
        if (count == 0) return;
        var body = new ScatterBody { Targets = targets, FieldsOfIds = fieldsOfIds, Ids = ids, Rows = rows, G = g, Stride = stride };
        Workers.For(count, ref body);
    }

    private static void Copy(float* from, float* to, int width)
    {
        int j = 0;
        for (; j + Vector128<float>.Count <= width; j += Vector128<float>.Count) Vector128.Load(from + j).Store(to + j);
        for (; j < width; j++) to[j] = from[j];
    }

    private static void Add(float* from, float* to, int width)
    {
        int j = 0;
        for (; j + Vector128<float>.Count <= width; j += Vector128<float>.Count) (Vector128.Load(to + j) + Vector128.Load(from + j)).Store(to + j);
        for (; j < width; j++) to[j] += from[j];
    }

    /// <summary>One table and its place in the row.</summary>
    internal struct Field
    {
        /// <summary>The table <c>[Ids, Width]</c>.</summary>
        public float* Table;

        /// <summary>Its rows and columns, and where it begins in the output row.</summary>
        public int Ids, Width, Start;
    }

    /// <summary>The gradient of one table for one task.</summary>
    internal struct Target
    {
        /// <summary>The table, its place in the row, and where the gradient goes.</summary>
        public Field Field;

        /// <summary>The table's place among the columns of the ids, and the task's among the cotangents.</summary>
        public int Column, Task;

        /// <summary>Whether there is a value to add to.</summary>
        public bool Accumulate;
    }

    private struct GatherBody : IBody
    {
        public Field* Fields;
        public int* Ids;
        public float* Y;
        public bool* Valid;
        public int Count, Rows, Block, Stride;

        public readonly void Run(int chunk)
        {
            int last = Math.Min(Rows, (chunk + 1) * Block);
            for (int row = chunk * Block; row < last; row++)
            {
                int* ids = Ids + ((nint)row * Count);
                float* y = Y + ((nint)row * Stride);
                for (int f = 0; f < Count; f++)
                {
                    Field field = Fields[f];
                    if ((uint)ids[f] >= (uint)field.Ids)
                    {
                        *Valid = false;
                        return;
                    }

                    Copy(field.Table + ((nint)ids[f] * field.Width), y + field.Start, field.Width);
                }
            }
        }
    }

    private struct ScatterBody : IBody
    {
        public Target* Targets;
        public int* Ids;
        public float* G;
        public int FieldsOfIds, Rows, Stride;

        public readonly void Run(int chunk)
        {
            Target target = Targets[chunk];
            Field field = target.Field;
            float* g = G + ((nint)target.Task * Rows * Stride) + field.Start;
            if (!target.Accumulate) new Span<float>(field.Table, checked(field.Ids * field.Width)).Clear();
            int* id = Ids + target.Column;
            for (int row = 0; row < Rows; row++, id += FieldsOfIds, g += Stride) Add(g, field.Table + ((nint)(*id) * field.Width), field.Width);
        }
    }
}
