using System.Buffers;
using System.Numerics.Tensors;
using Polymath.Merging.Methods;
using Polymath.Tensors.Kernels;

namespace Polymath.Merging.Blending;

/// <summary>
/// The merge of one tensor: its sources and resolved parameters, and passes over them block by block. Blocks run in parallel; which block
/// holds which elements follows from the shape alone, and sums are taken in the order of the blocks, so the result has the same bits at any thread count.
/// </summary>
public sealed class TensorMerge
{
    /// <summary>Elements of a block: as much as keeps the blocks of a few models in a core's own cache.</summary>
    internal const int BlockElements = 1 << 15;

    private const int SliceRuns = 8;

    /// <summary>The merge of one tensor.</summary>
    /// <param name="name">The output tensor's name.</param>
    /// <param name="shape">The output shape; sources of other shapes are the method's business.</param>
    /// <param name="sources">The models' tensors in the order of the models, the base model's included when it takes part.</param>
    /// <param name="parameters">The values of the method's global parameters for this tensor.</param>
    /// <param name="settings">What holds for the whole merge.</param>
    public TensorMerge(string name, IReadOnlyList<long> shape, IReadOnlyList<MergeSource> sources, ParameterSet parameters, MergeSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(shape);
        if (sources.Count == 0) throw new MergeException($"tensor '{name}': no model holds it, expected one or more.");
        (Name, Shape, Sources, Parameters, Settings) = (name, shape, sources, parameters, settings ?? MergeSettings.Default);
        Elements = shape.Aggregate(1L, static (product, dimension) => checked(product * dimension));
        BaseIndex = -1;
        for (int i = 0; i < sources.Count; i++)
        {
            if (sources[i].IsBase) BaseIndex = i;
        }
    }

    /// <summary>The output tensor's name.</summary>
    public string Name { get; }

    /// <summary>The output shape.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of output elements.</summary>
    public long Elements { get; }

    /// <summary>The models' tensors in the order of the models, the base model's included when it takes part.</summary>
    public IReadOnlyList<MergeSource> Sources { get; }

    /// <summary>The base model's position in <see cref="Sources"/>, or -1.</summary>
    public int BaseIndex { get; }

    /// <summary>The positions in <see cref="Sources"/> of all models but the base, in order.</summary>
    public int[] Models => [.. Enumerable.Range(0, Sources.Count).Where(source => source != BaseIndex)];

    /// <summary>The values of the method's global parameters for this tensor.</summary>
    public ParameterSet Parameters { get; }

    /// <summary>What holds for the whole merge.</summary>
    public MergeSettings Settings { get; }

    /// <summary>Whether the rows belong to tokens (embeddings, output heads), so that models may differ in their number.</summary>
    public bool IsEmbedding { get; init; }

    /// <summary>What a <see cref="MergeMethod.Survey"/> of the whole model found, or null.</summary>
    public object? Survey { get; init; }

    /// <summary>Length of a row: the innermost axis, or all elements of a tensor of rank 0 or 1.</summary>
    public long RowLength => Shape.Count > 1 ? Shape[^1] : Elements;

    /// <summary>Number of rows.</summary>
    public long Rows => RowLength == 0 ? 0 : Elements / RowLength;

    /// <summary>The same merge with other sources, for methods that leave models out or crop them.</summary>
    public TensorMerge With(IReadOnlyList<MergeSource> sources) => new(Name, Shape, sources, Parameters, Settings) { IsEmbedding = IsEmbedding, Survey = Survey };

    /// <summary>How many blocks a pass takes.</summary>
    public int BlockCount(Granularity granularity) => Elements == 0 ? 0 : checked((int)(((Elements - 1) / BlockLength(granularity)) + 1));

    /// <summary>Runs an action for every block, in parallel.</summary>
    /// <param name="granularity">How the tensor may be cut.</param>
    /// <param name="scratch">How many spans of scratch a block needs.</param>
    /// <param name="action">The action; it reads what it needs of the sources.</param>
    public void ForEachBlock(Granularity granularity, int scratch, Action<Block> action)
    {
        var body = new Body { Tensor = this, Length = BlockLength(granularity), Scratch = scratch, Action = action };
        Workers.For(BlockCount(granularity), ref body);
    }

    /// <summary>Runs an action for one block.</summary>
    /// <param name="granularity">How the tensor may be cut.</param>
    /// <param name="scratch">How many spans of scratch the block needs.</param>
    /// <param name="index">Which block, from 0.</param>
    /// <param name="action">The action; it reads what it needs of the sources.</param>
    public void ForBlock(Granularity granularity, int scratch, int index, Action<Block> action)
        => new Body { Tensor = this, Length = BlockLength(granularity), Scratch = scratch, Action = action }.Run(index);

    /// <summary>Runs an action for some pieces of the tensor, in parallel.</summary>
    /// <param name="pieces">How many.</param>
    /// <param name="start">The first element of a piece.</param>
    /// <param name="length">Elements of each.</param>
    /// <param name="scratch">How many spans of scratch a piece needs.</param>
    /// <param name="action">The action; it reads what it needs of the sources.</param>
    internal void ForPieces(int pieces, Func<int, long> start, int length, int scratch, Action<Block> action)
    {
        var body = new Body { Tensor = this, Length = length, Scratch = scratch, Action = action, Start = start };
        Workers.For(pieces, ref body);
    }

    /// <summary>Sums over all blocks: each adds its part to its own row of partial sums, and the rows are added in the order of the blocks.</summary>
    /// <param name="granularity">How the tensor may be cut.</param>
    /// <param name="count">How many sums.</param>
    /// <param name="add">Sets the block's partial sums, which are zero before.</param>
    /// <param name="scratch">How many spans of scratch a block needs.</param>
    public double[] Sum(Granularity granularity, int count, BlockSum add, int scratch = 0)
    {
        double[] partial = new double[(long)BlockCount(granularity) * count];
        ForEachBlock(granularity, scratch, block => add(block, partial.AsSpan(block.Index * count, count)));
        double[] sums = new double[count];
        for (int i = 0; i < partial.Length; i++) sums[i % count] += partial[i];
        return sums;
    }

    /// <summary>Sums over the outermost axis: for each position within a slice a number of sums of its own, added in an order that follows from the shape alone.</summary>
    /// <param name="count">How many sums a position has.</param>
    /// <param name="add">Adds the block's slices to [count, positions of a slice] sums.</param>
    public double[] SumSlices(int count, BlockSum add)
    {
        if (Elements == 0) return [];
        int width = checked((int)(count * (Elements / Shape[0]))), blocks = BlockCount(Granularity.Slices);
        // A few runs of blocks, each with sums of its own: bounded memory however many blocks there are.
        int runs = Math.Min(blocks, SliceRuns);
        double[] partial = new double[(long)runs * width];
        var body = new RunBody { Runs = runs, Blocks = blocks, Work = (run, index) => ForBlock(Granularity.Slices, 0, index, block => add(block, partial.AsSpan(run * width, width))) };
        Workers.For(runs, ref body);
        double[] sums = partial[..width];
        for (int run = 1; run < runs; run++) TensorPrimitives.Add(sums, partial.AsSpan(run * width, width), sums);
        return sums;
    }

    /// <summary>Merges into memory.</summary>
    /// <param name="rule">The rule.</param>
    public float[] ToArray(IBlockRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        float[] merged = new float[Elements];
        ForEachBlock(rule.Granularity, rule.Scratch, block =>
        {
            rule.Apply(block);
            block.Output.CopyTo(merged.AsSpan((int)block.Start));
        });
        return merged;
    }

    /// <summary>Elements of one block: what a pass holds of each source at once, on each thread.</summary>
    /// <param name="granularity">How the tensor may be cut.</param>
    public long BlockElementsOf(Granularity granularity) => Math.Min(Elements, BlockLength(granularity));

    private long BlockLength(Granularity granularity)
    {
        long unit = granularity switch
        {
            Granularity.Elements => 1,
            Granularity.Rows => Math.Max(1, RowLength),
            Granularity.Slices => Math.Max(1, Shape.Count > 1 ? Elements / Math.Max(1, Shape[0]) : Elements),
            _ => Math.Max(1, Elements),
        };
        long length = Math.Max(1, BlockElements / unit) * unit;
        return length <= Array.MaxLength / (Sources.Count + 4L) ? length : throw new MergeException($"tensor '{Name}': {length} elements have to be held at once for this method, more than fit; use a method that works element by element, or split the tensor.");
    }

    private struct RunBody : IBody
    {
        public int Runs, Blocks;
        public Action<int, int> Work;

        public readonly void Run(int chunk)
        {
            for (long index = (long)Blocks * chunk / Runs; index < (long)Blocks * (chunk + 1) / Runs; index++) Work(chunk, (int)index);
        }
    }

    private struct Body : IBody
    {
        public TensorMerge Tensor;
        public long Length;
        public int Scratch;
        public Action<Block> Action;
        public Func<int, long>? Start;

        public readonly void Run(int chunk)
        {
            long start = Start is null ? chunk * Length : Start(chunk);
            int length = (int)Math.Min(Length, Tensor.Elements - start);
            float[] buffer = ArrayPool<float>.Shared.Rent(checked(length * (1 + Tensor.Sources.Count + Scratch)));
            try
            {
                Action(new Block(Tensor, chunk, start, length, buffer));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(buffer);
            }
        }
    }
}
