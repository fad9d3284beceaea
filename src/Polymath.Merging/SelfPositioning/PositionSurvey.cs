using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Polymath.Merging.TaskVectors;

namespace Polymath.Merging;

/// <summary>What can be said of the experts before the search: lengths, angles, losses at the corners and halfway to them.</summary>
internal static class PositionSurvey
{
    private const double Barrier = 1.1;

    public static PositionVertex[] Vertices(TaskVectorSpace space, ProbeLoss objective)
    {
        var vertices = new PositionVertex[space.Pool.Count];
        float[] coefficients = new float[space.Count];
        for (int t = 0; t < vertices.Length; t++)
        {
            TaskVector vector = space.Pool.Vectors[t].Vector;
            coefficients[t] = 0.5f;
            double midpoint = objective.Measure(space, coefficients).Average();
            coefficients[t] = 1f;
            double end = objective.Measure(space, coefficients).Average();
            coefficients[t] = 0f;
            vertices[t] = new(space.Pool.Vectors[t].Name, vector.Norm, [.. space.Pool.Vectors.Select(other => vector.Cosine(other.Vector))], end, midpoint);
        }

        return vertices;
    }

    public static IEnumerable<string> Warnings(TaskVectorPool pool, PositionVertex[] vertices, double atBase)
    {
        double norm = Math.Sqrt(Enumerable.Range(0, pool.Theta0.Count).Sum(tensor => pool.Theta0[tensor].ToArray().Sum(value => (double)value * value)));
        foreach (PositionVertex vertex in vertices)
        {
            if (vertex.Norm >= norm) yield return string.Create(CultureInfo.InvariantCulture, $"task vector '{vertex.Name}' is {vertex.Norm / norm:F2} times as long as the base, expected less than 1; experts of different bases cannot be merged.");
            if (vertex.MidpointLoss > Barrier * Math.Max(atBase, vertex.Loss)) yield return string.Create(CultureInfo.InvariantCulture, $"halfway to '{vertex.Name}' the probe loss is {vertex.MidpointLoss:F4}, above {atBase:F4} at the base and {vertex.Loss:F4} at the expert: there is a barrier between them; fine-tune with a lower learning rate.");
        }
    }

    /// <summary>Why there is nothing to search for, or null.</summary>
    public static string? Degenerate(TaskVectorPool pool)
    {
        if (pool.Vectors.FirstOrDefault(vector => vector.Vector.Norm == 0) is { } still) return $"task vector '{still.Name}' is zero, so its weight has no direction; nothing was searched, take it out of the pool.";
        bool identical = pool.Count > 1 && pool.Vectors.Skip(1).All(other => Enumerable.Range(0, pool.Theta0.Count).All(tensor => other.Vector.Values[pool.Theta0.Names[tensor]].SequenceEqual(pool.Vectors[0].Vector.Values[pool.Theta0.Names[tensor]])));
        return identical ? "all experts are identical, so that every weighting is the same model; nothing was searched." : null;
    }

    public static Dictionary<string, string> Metadata(TaskVectorPool pool, IReadOnlyList<ProbeTask> probe, SelfPositioningOptions options)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["method"] = "self-positioning",
            ["form"] = options.Form.ToString(),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            ["base_sha256"] = Hash(pool.Theta0),
            ["probe"] = string.Join(", ", probe.Select(task => $"{task.Name}:{task.Rows}{(task.Fingerprint is null ? string.Empty : $":{task.Fingerprint}")}")),
        };
        foreach (NamedTaskVector vector in pool.Vectors) metadata[$"task_vector_sha256.{vector.Name}"] = Hash(vector.Vector.Values);
        return metadata;
    }

    private static string Hash(ModelState state)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in state.Names.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(name));
            hash.AppendData(MemoryMarshal.AsBytes(state[name]));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
