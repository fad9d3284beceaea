using System.Buffers;
using Polymath.Tensors.Kernels;

namespace Polymath.Boosting;

/// <summary>
/// Sums the trees of a model over rows: F = initial + shared, then (F + (1 - s_t) non-outlier) + s_t outlier with each ensemble summed on its own as in training,
/// then the trees of the task. A tile of rows sees all trees before the next one, so that its scores stay near; the order of the sums is fixed.
/// </summary>
internal sealed class ModelScorer
{
    private const int TilesOfChunk = 8;

    private readonly CompiledForest _forest = new();
    private readonly Range _shared, _outlier, _nonOutlier;
    private readonly Range[] _units;
    private readonly int[] _offsets;
    private readonly double[] _initial, _mix;
    private readonly int _width, _outputs, _tasks;
    private readonly bool _oneHot, _byTask;

    /// <summary>Makes the trees of a model ready.</summary>
    public ModelScorer(BoostedModel model)
    {
        (_width, _outputs, _tasks) = (model.Features.Count, model.Outputs, model.Tasks?.Count ?? 0);
        _oneHot = model.Options.TaskAsFeature && model.Options.Learner == LearnerKind.Exact;
        IReadOnlyList<FeatureDescription> wide = model.Options.TaskAsFeature ? [.. model.Features, .. TaskFeature.Columns(model.Tasks!, _oneHot)] : model.Features;
        double rate = model.Options.LearningRate;
        _shared = _forest.Add(model.SharedTrees, wide, rate);
        _nonOutlier = _forest.Add(model.NonOutlierTrees, wide, rate);
        _outlier = _forest.Add(model.OutlierTrees, wide, rate);
        _units = [.. model.TaskTrees.Select(trees => _forest.Add(trees, model.Features, rate))];
        _forest.Seal();
        _offsets = [.. model.Objective.Offsets];
        _initial = [.. model.Initial];
        _mix = [.. model.Theta.Select(TaskMixture.Sigmoid)];
        _byTask = _tasks > 0 && model.TaskTrees.Any(trees => trees.Count > 0);
    }

    /// <summary>F, <c>[rows, outputs]</c>, into memory of that size. Allocates nothing once pools are warm.</summary>
    public unsafe void Score(FeatureMatrix features, int[]? taskOfRow, Span<double> scores)
    {
        int rows = features.Rows;
        if (rows == 0) return;
        int[]? order = null, starts = null;
        int tiles = (rows + RowTile.Rows - 1) / RowTile.Rows;
        if (_byTask)
        {
            order = ArrayPool<int>.Shared.Rent(rows);
            starts = ArrayPool<int>.Shared.Rent(tiles + _tasks + 2);
            tiles = Group(taskOfRow!, order, starts);
        }

        fixed (float* values = features.Values)
        fixed (int* tasks = taskOfRow, rowsInOrder = order)
        fixed (double* into = scores, leafValues = _forest.Values)
        fixed (MaskNode* nodes = _forest.Nodes)
        fixed (MaskSetNode* setNodes = _forest.SetNodes)
        fixed (WalkNode* walk = _forest.Walk)
        fixed (uint* sets = _forest.Sets)
        {
            var body = new Body { Scorer = this, Rows = rows, Tiles = tiles, Features = values, Tasks = tasks, Order = rowsInOrder, Starts = starts, Scores = into, Values = leafValues, Nodes = nodes, SetNodes = setNodes, Walk = walk, Sets = sets };
            Workers.For((tiles + TilesOfChunk - 1) / TilesOfChunk, ref body);
        }

        if (order is not null) ArrayPool<int>.Shared.Return(order);
        if (starts is not null) ArrayPool<int>.Shared.Return(starts);
    }

    /// <summary>Orders rows by task, unknown ones first, and cuts each task's rows into tiles.</summary>
    private int Group(ReadOnlySpan<int> taskOfRow, Span<int> order, Span<int> starts)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(_tasks + 2);
        Span<int> next = rented.AsSpan(0, _tasks + 2);
        next.Clear();
        foreach (int task in taskOfRow) next[task + 2]++;
        for (int task = 1; task < next.Length; task++) next[task] += next[task - 1];
        int tiles = 0;
        for (int task = 0; task <= _tasks; task++)
        {
            for (int start = next[task]; start < next[task + 1]; start += RowTile.Rows) starts[tiles++] = start;
        }

        starts[tiles] = taskOfRow.Length;
        for (int row = 0; row < taskOfRow.Length; row++) order[next[taskOfRow[row] + 1]++] = row;
        ArrayPool<int>.Shared.Return(rented);
        return tiles;
    }

    private unsafe struct Body : IBody
    {
        private const int Alignment = 64;

        public ModelScorer Scorer;
        public int Rows, Tiles;
        public float* Features;
        public int* Tasks, Order;
        public int[]? Starts;
        public double* Scores, Values;
        public MaskNode* Nodes;
        public MaskSetNode* SetNodes;
        public WalkNode* Walk;
        public uint* Sets;

        public readonly void Run(int chunk)
        {
            int outputs = Scorer._outputs, columns = Scorer._forest.Columns.Length;
            int tileBytes = columns * RowTile.Rows * sizeof(float), maskBytes = 2 * RowTile.Rows * sizeof(uint), scoreBytes = RowTile.Rows * outputs * sizeof(double);
            byte[] rented = ArrayPool<byte>.Shared.Rent(Alignment + tileBytes + maskBytes + (3 * scoreBytes));
            fixed (byte* start = rented)
            {
                byte* at = (byte*)(((nuint)start + (Alignment - 1)) & ~(nuint)(Alignment - 1));
                float* tile = (float*)at;
                uint* masks = (uint*)(at + tileBytes);
                double* total = (double*)(at + tileBytes + maskBytes);
                int* natural = stackalloc int[RowTile.Rows];
                for (int t = chunk * TilesOfChunk; t < Math.Min(Tiles, (chunk + 1) * TilesOfChunk); t++)
                {
                    int first = Starts is null ? t * RowTile.Rows : Starts[t], count = (Starts is null ? Math.Min(Rows, first + RowTile.Rows) : Starts[t + 1]) - first;
                    for (int i = 0; i < count && Order is null; i++) natural[i] = first + i;
                    int* rows = Order is null ? natural : Order + first;
                    RowTile.Fill(Scorer._forest.Columns, Features, Scorer._width, Scorer._oneHot, new ReadOnlySpan<int>(rows, count), Tasks, tile);
                    Score(rows, count, tile, masks, total);
                    for (int i = 0; i < count; i++) new ReadOnlySpan<double>(total + (i * outputs), outputs).CopyTo(new Span<double>(Scores + ((nint)rows[i] * outputs), outputs));
                }
            }

            ArrayPool<byte>.Shared.Return(rented);
        }

        private readonly void Score(int* rows, int count, float* tile, uint* masks, double* total)
        {
            int outputs = Scorer._outputs, length = count * outputs;
            for (int i = 0; i < length; i += outputs) Scorer._initial.CopyTo(new Span<double>(total + i, outputs));
            Add(Scorer._shared, tile, count, masks, total, 0);
            if (Scorer._mix.Length > 0)
            {
                double* nonOutlier = total + (RowTile.Rows * outputs), outlier = nonOutlier + (RowTile.Rows * outputs);
                new Span<double>(nonOutlier, length).Clear();
                new Span<double>(outlier, length).Clear();
                Add(Scorer._nonOutlier, tile, count, masks, nonOutlier, 0);
                Add(Scorer._outlier, tile, count, masks, outlier, 0);
                for (int i = 0; i < length; i++)
                {
                    int task = Tasks[rows[i / outputs]];
                    double s = task < 0 ? 0.5 : Scorer._mix[task];
                    total[i] = total[i] + ((1 - s) * nonOutlier[i]) + (s * outlier[i]);
                }
            }

            if (Scorer._tasks == 0)
            {
                for (int unit = 0; unit < Scorer._units.Length; unit++) Add(Scorer._units[unit], tile, count, masks, total, Scorer._offsets[unit]);
            }
            else if (Scorer._byTask && Tasks[rows[0]] is >= 0 and int own)
            {
                Add(Scorer._units[own], tile, count, masks, total, 0);
            }
        }

        private readonly void Add(Range trees, float* tile, int count, uint* masks, double* scores, int offset)
        {
            int outputs = Scorer._outputs;
            int* leaves = (int*)masks + RowTile.Rows;
            foreach (ref readonly CompiledTree tree in Scorer._forest.Trees.AsSpan(trees))
            {
                if (tree.Passes == 0) TreeWalk.Run(Walk, tree.Start, Sets, tile, count, leaves);
                for (int pass = tree.Passes - 1; pass >= 0; pass--)
                {
                    LeafMasks.Run(Scorer._forest.Passes[tree.Start + pass], Nodes, SetNodes, Sets, tile, count, masks);
                    LeafMasks.Find(masks, pass, count, leaves);
                }

                double* values = Values + tree.Values;
                if (outputs == 1) for (int row = 0; row < count; row++) scores[row] += values[leaves[row]];
                else for (int row = 0; row < count; row++) Add(values + ((nint)leaves[row] * tree.Outputs), tree.Outputs, scores + (row * outputs) + offset);
            }
        }

        private static void Add(double* values, int outputs, double* scores)
        {
            for (int k = 0; k < outputs; k++) scores[k] += values[k];
        }
    }
}
