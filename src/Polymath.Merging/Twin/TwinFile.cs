using System.Text.Json;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Twin;

/// <summary>
/// The file of a <see cref="TwinModel"/>: <c>shared.TENSOR</c>, <c>exclusive.TASK.TENSOR.A</c> and <c>.B</c> or <c>exclusive.TASK.TENSOR</c>, and
/// <c>own.TASK.TENSOR</c>, where TASK is the position.
/// </summary>
internal static class TwinFile
{
    private const string Key = "twin", Shared = "shared.", Left = ".A", Right = ".B";

    public static void Save(TwinModel twin, string path)
    {
        var entries = new List<SafetensorsEntry>();
        for (int i = 0; i < twin.Shared.Count; i++) entries.Add(SafetensorsEntry.FromFloat32(Shared + twin.Shared.Names[i], AxesOf(twin.Shared.ShapeOf(i)), twin.Shared[i].ToArray()));
        for (int task = 0; task < twin.Parts.Count; task++)
        {
            foreach ((string name, ExclusiveTensor tensor) in twin.Parts[task].Exclusive)
            {
                if (tensor.Elements is { } elements) entries.Add(SafetensorsEntry.FromFloat32(Exclusive(task, name), AxesOf(twin.Shared.ShapeOf(twin.Shared.IndexOf(name))), elements));
                else
                {
                    entries.Add(SafetensorsEntry.FromFloat32(Exclusive(task, name) + Left, [tensor.Rows, tensor.Rank], tensor.A));
                    entries.Add(SafetensorsEntry.FromFloat32(Exclusive(task, name) + Right, [tensor.Rank, tensor.Columns], tensor.B));
                }
            }

            foreach ((string name, float[] values) in twin.Parts[task].Own) entries.Add(SafetensorsEntry.FromFloat32(Own(task, name), AxesOf(twin.Shared.ShapeOf(twin.Shared.IndexOf(name))), values));
        }

        var header = new TwinHeader { Tasks = [.. twin.Tasks], Description = twin.Description };
        SafetensorsWriter.Write(path, entries, new Dictionary<string, string> { [Key] = JsonSerializer.Serialize(header, TwinJson.Default.TwinHeader) });
    }

    public static TwinModel Load(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        TwinHeader header = TwinJson.Read(file, Key, TwinJson.Default.TwinHeader);
        string[] names = [.. file.Names.Where(name => name.StartsWith(Shared, StringComparison.Ordinal)).Select(name => name[Shared.Length..])];
        ModelState shared = new(names.Select(name => (name, new Shape([.. file[Shared + name].Shape.Select(axis => checked((int)axis))]), Read(file, Shared + name))));
        return new TwinModel(shared, [.. header.Tasks.Select((task, position) => Task(file, names, task, position))]) { Description = header.Description };
    }

    private static TwinTask Task(SafetensorsFile file, string[] names, string task, int position)
    {
        var exclusive = new Dictionary<string, ExclusiveTensor>(StringComparer.Ordinal);
        var own = new Dictionary<string, float[]>(StringComparer.Ordinal);
        foreach (string name in names)
        {
            string stem = Exclusive(position, name);
            if (file.Contains(stem)) exclusive.Add(name, new ExclusiveTensor(Read(file, stem)));
            else if (file.Contains(stem + Left) && file.Contains(stem + Right))
            {
                TensorInfo left = file[stem + Left], right = file[stem + Right];
                if (left.Shape.Count != 2 || right.Shape.Count != 2 || left.Shape[1] != right.Shape[0] || left.Shape[0] * right.Shape[1] != file[Shared + name].Elements) throw new MergeException($"{file.Path}: the factors of tensor '{name}' of task '{task}' do not fit the tensor.");
                exclusive.Add(name, new ExclusiveTensor((int)left.Shape[0], (int)right.Shape[1], (int)left.Shape[1], Read(file, stem + Left), Read(file, stem + Right)));
            }
            else if (file.Contains(Own(position, name))) own.Add(name, Read(file, Own(position, name)));
            else throw new MergeException($"{file.Path}: found nothing for tensor '{name}' of task '{task}'.");
        }

        return new TwinTask(task, exclusive, own);
    }

    private static string Exclusive(int task, string name) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"exclusive.{task}.{name}");

    private static string Own(int task, string name) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"own.{task}.{name}");

    private static long[] AxesOf(Shape shape) => [.. shape.Axis.ToArray().Select(axis => (long)axis)];

    private static float[] Read(SafetensorsFile file, string name)
    {
        float[] values = new float[file[name].Elements];
        file.ReadFloat32(name, values);
        return values;
    }
}
