using Polymath.Merging.Blending;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Merging.TaskVectors;
using Polymath.Tensors;

namespace Polymath.Merging.Tests;

/// <summary>A merge of one tensor that suits any method: as many models as it takes, a base where it wants one, and values for what it requires.</summary>
internal sealed class MethodCase : IDisposable
{
    private const string Tensor = "w";
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-methods-").FullName;
    private readonly long[] _shape;

    public MethodCase(string method, long[] shape, int most = 3)
    {
        Method = MergeMethods.Find(method);
        _shape = shape;
        Elements = shape.Aggregate(1L, static (product, axis) => product * axis);
        bool takesBase = Method.Base != BaseModelUse.Ignored;
        Models = Math.Max(Math.Min(most, (Method.MostModels ?? int.MaxValue) - (takesBase ? 1 : 0)), Math.Max(1, Method.LeastModels - (takesBase ? 1 : 0)));
        Base = takesBase ? Draw(0, 1f) : null;
        Tuned = [.. Enumerable.Range(1, Models).Select(model => Moved(Base, model))];
    }

    public MergeMethod Method { get; }

    public long Elements { get; }

    public int Models { get; }

    /// <summary>The base, or null for methods without.</summary>
    public float[]? Base { get; set; }

    public float[][] Tuned { get; set; }

    public double Density { get; set; } = 0.5;

    public float[] Merge(MergeSettings? settings = null, int[]? order = null) => Method.Merge(Build(settings, order));

    public TensorMerge Build(MergeSettings? settings = null, int[]? order = null)
    {
        var sources = new List<MergeSource>();
        if (Base is not null) sources.Add(Source("base", Base, -1));
        foreach (int model in order ?? [.. Enumerable.Range(0, Models)]) sources.Add(Source($"m{model}", Tuned[model], model));
        return new TensorMerge(Tensor, _shape, sources, ParameterSet.Resolve(Method.Parameters, new Dictionary<string, object?> { ["t"] = 0.4 }, Method.Name), settings);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private MergeSource Source(string name, float[] values, int model)
    {
        Dictionary<string, object?> own = new() { ["weight"] = Models == 1 ? 1 : 1.0 / Models, ["density"] = Density };
        foreach (MethodParameter parameter in Method.ModelParameters.Where(parameter => parameter is { Required: true, Kind: ParameterKind.Text } && model >= 0)) own[parameter.Name] = Statistics(parameter.Name, model);
        return new MergeSource(name, new MemoryTensor(Tensor, _shape, values), model < 0, ParameterSet.Resolve(Method.ModelParameters, own, name, optional: model < 0));
    }

    // Files of what methods want to know of a model's data.
    private string Statistics(string parameter, int model)
    {
        string path = Path.Combine(_folder, $"{parameter}{model}.safetensors");
        if (File.Exists(path)) return path;
        if (parameter == "fisher")
        {
            new ModelState([(Tensor, new Shape([.. _shape.Select(axis => (int)axis)]), Array.ConvertAll(Draw(20 + model, 1f), value => value * value))]).Save(path);
        }
        else if (parameter == "gram")
        {
            int inputs = _shape.Length == 2 ? (int)_shape[1] : 0;
            float[] gram = new float[inputs * inputs], factor = Draw(20 + model, 1f);
            for (int i = 0; i < inputs; i++)
            {
                for (int j = 0; j < inputs; j++) gram[(i * inputs) + j] = (i == j ? 2 : 0) + (factor.Length == 0 ? 0 : 0.5f * factor[i % factor.Length] * factor[j % factor.Length]);
            }

            new ModelState([(Tensor, new Shape(inputs, inputs), gram)]).Save(path);
        }
        else
        {
            Assert.Fail($"{Method.Name} requires the file '{parameter}': write one here");
        }

        return path;
    }

    private float[] Moved(float[]? from, int model)
    {
        float[] values = Draw(model, from is null ? 1f : 0.1f);
        for (int i = 0; i < values.Length && from is not null; i++) values[i] += from[i];
        return values;
    }

    private float[] Draw(int stream, float scale)
    {
        float[] values = new float[Elements];
        new RandomStream(11).Derive((ulong)stream).FillNormal(values, 0, scale);
        return values;
    }
}
