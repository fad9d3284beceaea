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
    /// table_f[k, ids[i, f]] = sum over i of g[k, i, start_f ..], in the order of i, and zero where no row points to. One chunk is one
    /// table of one task.
    /// </summary>
    public static void Scatter(Field* fields, int count, int fieldsOfIds, int* ids, int rows, int tasks, float* g, int stride)
    {
        if (count == 0) return;
        var body = new ScatterBody { Fields = fields, Count = count, FieldsOfIds = fieldsOfIds, Ids = ids, Rows = rows, G = g, Stride = stride };
        Workers.For(tasks * count, ref body);
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
        /// <summary>The table <c>[Ids, Width]</c>; when scattering one after the other for every task.</summary>
        public float* Table;

        /// <summary>Its rows and columns, where it begins in the output row, and its place among the columns of the ids.</summary>
        public int Ids, Width, Start, Column;
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
        public Field* Fields;
        public int* Ids;
        public float* G;
        public int Count, FieldsOfIds, Rows, Stride;

        public readonly void Run(int chunk)
        {
            int task = chunk / Count;
            Field field = Fields[chunk % Count];
            nint size = (nint)field.Ids * field.Width;
            float* table = field.Table + (task * size), g = G + ((nint)task * Rows * Stride) + field.Start;
            new Span<float>(table, checked((int)size)).Clear();
            int* id = Ids + field.Column;
            for (int row = 0; row < Rows; row++, id += FieldsOfIds, g += Stride) Add(g, table + ((nint)(*id) * field.Width), field.Width);
        }
    }
}
