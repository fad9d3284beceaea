using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Masks;

/// <summary>The file of a <see cref="TaskMaskSet"/>: tensors <c>vector.NAME</c> and <c>mask.TASK</c> (U8, packed), the rest as JSON under the metadata key "masks".</summary>
internal static class TaskMaskFile
{
    private const string Key = "masks", Vector = "vector.", Mask = "mask.";

    public static void Save(TaskMaskSet set, string path)
    {
        var header = new TaskMaskHeader
        {
            Method = set.Method,
            Elements = set.Elements,
            Base = StateFingerprint.Of(set.Base),
            Tasks = [.. set.Tasks],
            Tensors = [.. set.TensorOrder],
            Lambdas = [.. set.Lambdas.Select(lambda => float.IsNaN(lambda) ? (float?)null : lambda)],
            Scales = [.. set.Scales],
        };
        ModelState vector = set.MultiTaskVector.Values;
        IEnumerable<SafetensorsEntry> vectors = Enumerable.Range(0, vector.Count).Select(i => SafetensorsEntry.FromFloat32(Vector + vector.Names[i], [.. vector.ShapeOf(i).Axis.ToArray().Select(axis => (long)axis)], vector[i].ToArray()));
        IEnumerable<SafetensorsEntry> masks = set.Masks.Select((mask, task) => SafetensorsEntry.FromBytes(Mask + set.Tasks[task], SafetensorsType.U8, [mask.Bytes.Length], mask.Bytes.ToArray()));
        SafetensorsWriter.Write(path, vectors.Concat(masks), new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(header, TaskMaskJson.Default.TaskMaskHeader) });
    }

    public static TaskMaskSet Load(string path, ModelState theta0)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (!file.Metadata.TryGetValue(Key, out string? json)) throw new MergeException($"{path}: found no metadata '{Key}', expected a file of task masks.");
        TaskMaskHeader header;
        try
        {
            header = JsonSerializer.Deserialize(json, TaskMaskJson.Default.TaskMaskHeader) ?? throw new MergeException($"{path}: the metadata '{Key}' is empty, expected a description of the masks.");
        }
        catch (JsonException exception)
        {
            throw new MergeException($"{path}: the metadata '{Key}' is no description of masks: {exception.Message}", exception);
        }

        if (header.Elements != theta0.Elements) throw new MergeException($"{path}: the masks are for {header.Elements} weights, but the base has {theta0.Elements}; expected the base they were built on.");
        if (header.Base != StateFingerprint.Of(theta0)) throw new MergeException($"{path}: the masks were built on another base of the same size (fingerprint {header.Base}); expected exactly that one.");
        if (header.Lambdas.Length != header.Tasks.Length || header.Scales.Length != header.Tasks.Length) throw new MergeException($"{path}: found {header.Lambdas.Length} lambdas and {header.Scales.Length} scales for {header.Tasks.Length} tasks, expected as many.");
        TaskVector vector = new(theta0.Map((tensor, values) => Read(file, Vector + theta0.Names[tensor], new float[values.Length], path)));
        BitMask[] masks = [.. header.Tasks.Select(task => file.Contains(Mask + task) ? new BitMask(file.Bytes(Mask + task), header.Elements) : throw new MergeException($"{path}: found no mask of task '{task}'."))];
        return new TaskMaskSet(theta0, vector, header.Tasks, masks, [.. header.Lambdas.Select(lambda => lambda ?? float.NaN)], header.Scales) { Method = header.Method };
    }

    private static float[] Read(SafetensorsFile file, string name, float[] values, string path)
    {
        if (!file.Contains(name) || file[name].Elements != values.Length) throw new MergeException($"{path}: found no tensor '{name}' of {values.Length} elements, expected the multi-task vector.");
        file.ReadFloat32(name, values);
        return values;
    }
}
