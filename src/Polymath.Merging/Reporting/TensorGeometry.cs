using Polymath.Merging.Blending;

namespace Polymath.Merging.Reporting;

/// <summary>How the models lie to each other in one tensor.</summary>
/// <param name="Name">The output tensor's name.</param>
/// <param name="Elements">Number of elements.</param>
/// <param name="Parameters">The resolved global parameters as text.</param>
/// <param name="Models">The models that were measured, in order: those with the base's shape, without the base.</param>
/// <param name="Weights">The per-model parameters that were used, by model; empty where the method has none.</param>
/// <param name="BaseSquare">The squared norm of the base's tensor; NaN when there is no base.</param>
/// <param name="Products">[models, models] inner products of the task vectors, or of the weights themselves when there is no base.</param>
/// <param name="Conflicts">Elements whose changes have both signs, of those that two or more models change.</param>
/// <param name="Shared">Elements that two or more models change.</param>
public sealed record TensorGeometry(string Name, long Elements, string Parameters, IReadOnlyList<string> Models, IReadOnlyList<Methods.ParameterSet> Weights, double BaseSquare, double[] Products, long Conflicts, long Shared)
{
    /// <summary>The number of the layer in the name, or null: <c>model.layers.7.mlp.up_proj.weight</c> is of layer 7.</summary>
    public int? Layer => Name.Split('.').Select(part => int.TryParse(part, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int layer) ? layer : (int?)null).FirstOrDefault(layer => layer is not null);

    /// <summary>The position of a model in <see cref="Models"/>, or -1.</summary>
    /// <param name="model">The model's name.</param>
    public int IndexOf(string model)
    {
        for (int i = 0; i < Models.Count; i++)
        {
            if (Models[i] == model) return i;
        }

        return -1;
    }

    /// <summary>The norm of a model's task vector.</summary>
    public double Norm(int model) => Math.Sqrt(Products[(model * Models.Count) + model]);

    /// <summary>The share of jointly changed elements whose signs conflict; NaN when no element is changed by two models.</summary>
    public double ConflictShare => Shared == 0 ? double.NaN : (double)Conflicts / Shared;

    /// <summary>Measures a tensor in one pass over its sources.</summary>
    /// <param name="tensor">The tensor.</param>
    public static TensorGeometry Measure(TensorMerge tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        int[] models = [.. Enumerable.Range(0, tensor.Sources.Count).Where(source => source != tensor.BaseIndex && tensor.Sources[source].Tensor.Shape.SequenceEqual(tensor.Shape))];
        bool vectors = tensor.BaseIndex >= 0 && tensor.Sources[tensor.BaseIndex].Tensor.Shape.SequenceEqual(tensor.Shape);
        int n = models.Length, pairs = n * n;
        double[] sums = tensor.Sum(Granularity.Elements, pairs + 3, (block, parts) => GeometrySums.Add(block, vectors ? tensor.BaseIndex : -1, models, parts));
        double[] products = new double[pairs];
        for (int i = 0; i < n; i++)
        {
            for (int j = i; j < n; j++) products[(i * n) + j] = products[(j * n) + i] = sums[(i * n) + j];
        }

        return new(tensor.Name, tensor.Elements, tensor.Parameters.ToString(), [.. models.Select(model => tensor.Sources[model].Model)], [.. models.Select(model => tensor.Sources[model].Parameters)], vectors ? sums[pairs] : double.NaN, products, (long)sums[pairs + 1], (long)sums[pairs + 2]);
    }
}
