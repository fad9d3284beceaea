using System.Buffers;
using System.Numerics.Tensors;
using Microsoft.Win32.SafeHandles;
using Polymath.Merging.Blending;
using Polymath.Merging.Planning;
using Polymath.Tensors.Kernels;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Execution;

/// <summary>Makes the tensors of one file and writes each block to its place as soon as it is made, from several threads.</summary>
/// <param name="settings">What holds for the whole merge.</param>
/// <param name="options">How the merge is written.</param>
internal sealed class ShardWriter(MergeSettings settings, MergeOptions options)
{
    private const int CopyBytes = 1 << 20, GroupTensors = 64;

    private MergeSettings Settings => settings;

    /// <summary>Writes the file.</summary>
    /// <param name="shard">The file to write.</param>
    /// <param name="path">Its path; created or replaced.</param>
    /// <param name="surveys">What a method's survey found, by tensor.</param>
    /// <param name="finished">Told about each tensor when it is written.</param>
    /// <param name="cancellation">Stops between two tensors.</param>
    public void Write(OutputShard shard, string path, Func<PlannedTensor, object?> surveys, Action<PlannedTensor> finished, CancellationToken cancellation)
    {
        Dictionary<string, TensorInfo> places = shard.Layout.Tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read, FileOptions.None, shard.Layout.Length);
        RandomAccess.Write(file, shard.Layout.Header.Span, 0);
        // Tensors of one block are shared out over the threads; of the larger ones the blocks are.
        ILookup<bool, PlannedTensor> bySize = shard.Tensors.ToLookup(tensor => tensor.Elements <= TensorMerge.BlockElements);
        foreach (PlannedTensor[] group in bySize[true].Chunk(GroupTensors).Concat(bySize[false].Select(tensor => new[] { tensor })))
        {
            cancellation.ThrowIfCancellationRequested();
            var body = new GroupBody { Writer = this, Group = group, File = file, Places = places, Surveys = surveys };
            if (group.Length == 1) body.Run(0);
            else Workers.For(group.Length, ref body);
            foreach (PlannedTensor tensor in group) finished(tensor);
        }
    }

    private void Merge(PlannedTensor planned, TensorMerge tensor, SafeFileHandle file, TensorInfo place)
    {
        if (tensor.Elements == 0) return;
        IBlockRule rule = planned.Method!.Prepare(tensor);
        RequireMemory(planned, tensor, rule);
        int width = planned.Type.Bits() / 8, nonFinite = 0;
        tensor.ForEachBlock(rule.Granularity, rule.Scratch, block =>
        {
            rule.Apply(block);
            ReadOnlySpan<float> output = block.Output;
            if (!TensorPrimitives.IsFiniteAll(output) && Interlocked.Exchange(ref nonFinite, 1) == 0) ReportNonFinite(planned, block);
            byte[] bytes = ArrayPool<byte>.Shared.Rent(checked(output.Length * width));
            Span<byte> stored = bytes.AsSpan(0, output.Length * width);
            ElementWriting.ToBytes(output, planned.Type, stored);
            RandomAccess.Write(file, stored, place.Offset + (block.Start * width));
            ArrayPool<byte>.Shared.Return(bytes);
        });
    }

    private static void Copy(PlannedTensor tensor, SafeFileHandle file, TensorInfo place)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent((int)Math.Min(CopyBytes, Math.Max(1, place.Bytes)));
        for (long done = 0; done < place.Bytes; done += bytes.Length)
        {
            Span<byte> piece = bytes.AsSpan(0, (int)Math.Min(bytes.Length, place.Bytes - done));
            tensor.Sources[0].Tensor.ReadBytes(done, piece);
            RandomAccess.Write(file, piece, place.Offset + done);
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void RequireMemory(PlannedTensor planned, TensorMerge tensor, IBlockRule rule)
    {
        if (rule.Granularity == Granularity.Elements) return;
        long needed = tensor.BlockElementsOf(rule.Granularity) * (1L + tensor.Sources.Count + rule.Scratch) * sizeof(float);
        if (needed > options.MemoryBytes)
            throw new MergeException($"tensor '{tensor.Name}' [{string.Join(", ", tensor.Shape)}]: {planned.Method!.Name} has to hold {needed / 1e9:0.0} GB of it at once, more than the {options.MemoryBytes / 1e9:0.0} GB allowed; allow more memory, or use a method that works element by element.");
    }

    private void ReportNonFinite(PlannedTensor planned, Block block)
    {
        string sentence = $"tensor '{planned.Name}': what {planned.Method!.Name} makes of it is not finite everywhere, first in the {block.Length} elements from {block.Start} on";
        if (options.RefuseNonFinite) throw new MergeException($"{sentence}; look at its inputs and parameters.");
        settings.Warn($"{sentence}.");
    }

    private struct GroupBody : IBody
    {
        public ShardWriter Writer;
        public PlannedTensor[] Group;
        public SafeFileHandle File;
        public Dictionary<string, TensorInfo> Places;
        public Func<PlannedTensor, object?> Surveys;

        public readonly void Run(int chunk)
        {
            PlannedTensor tensor = Group[chunk];
            if (tensor.Method is null) Copy(tensor, File, Places[tensor.Name]);
            else Writer.Merge(tensor, tensor.ToMerge(Writer.Settings, Surveys(tensor)), File, Places[tensor.Name]);
        }
    }
}
