using System.Globalization;
using Polymath.Merging.Planning;

namespace Polymath.Merging.Reporting;

/// <summary>The geometry of the models of a merge, tensor by tensor: what to look at before choosing a method.</summary>
/// <param name="Tensors">The tensors in the order of the plan; copied ones are left out.</param>
/// <param name="OfTaskVectors">Whether differences to a base were measured, or the weights themselves because there is none.</param>
public sealed record MergeAnalysis(IReadOnlyList<TensorGeometry> Tensors, bool OfTaskVectors)
{
    /// <summary>The models, in the order of the plan.</summary>
    public IReadOnlyList<string> Models { get; } = [.. Tensors.SelectMany(tensor => tensor.Models).Distinct(StringComparer.Ordinal)];

    /// <summary>Measures all tensors: one pass over the input files.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="progress">Told the finished fraction and the tensor.</param>
    /// <param name="cancellation">Stops between two tensors.</param>
    public static MergeAnalysis Measure(MergePlan plan, Action<double, string>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        PlannedTensor[] merged = [.. plan.Tensors.Where(tensor => tensor.Method is not null && tensor.Elements > 0)];
        var measured = new List<TensorGeometry>(merged.Length);
        long done = 0, total = merged.Sum(tensor => tensor.Elements);
        foreach (PlannedTensor tensor in merged)
        {
            cancellation.ThrowIfCancellationRequested();
            measured.Add(TensorGeometry.Measure(tensor.ToMerge(plan.Settings)));
            done += tensor.Elements;
            progress?.Invoke((double)done / total, tensor.Name);
        }

        return new MergeAnalysis(measured, merged.Any(tensor => tensor.Sources.Any(source => source.IsBase)));
    }

    /// <summary>The norm of a model over all tensors: of its task vector, or of its weights when there is no base.</summary>
    public double Norm(string model) => Math.Sqrt(Product(model, model));

    /// <summary>The norm of the base over all tensors; NaN when there is none.</summary>
    public double BaseNorm => OfTaskVectors ? Math.Sqrt(Tensors.Where(tensor => !double.IsNaN(tensor.BaseSquare)).Sum(tensor => tensor.BaseSquare)) : double.NaN;

    /// <summary>What the distances to the base give to think: a model further from it than it is long is hardly a fine-tune of it, and one without any distance adds nothing.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            if (!OfTaskVectors) return [];
            double theta0 = BaseNorm;
            return
            [
                .. Models.Where(model => Norm(model) > theta0).Select(model => string.Create(CultureInfo.InvariantCulture, $"model '{model}' lies {Norm(model) / theta0:0.0} times the base's own norm away from the base; is it a fine-tune of this base?")),
                .. Models.Where(model => Norm(model) == 0).Select(model => $"model '{model}' is equal to the base and adds nothing."),
            ];
        }
    }

    /// <summary>The cosine between two models over all tensors; NaN when either is zero.</summary>
    public double Cosine(string left, string right) => Product(left, right) / (Norm(left) * Norm(right));

    /// <summary>The share of jointly changed elements whose signs conflict, over all tensors; NaN when there are none.</summary>
    public double ConflictShare
    {
        get
        {
            long shared = Tensors.Sum(tensor => tensor.Shared);
            return shared == 0 ? double.NaN : (double)Tensors.Sum(tensor => tensor.Conflicts) / shared;
        }
    }

    private double Product(string left, string right)
    {
        double sum = 0;
        foreach (TensorGeometry tensor in Tensors)
        {
            int i = tensor.IndexOf(left), j = tensor.IndexOf(right);
            if (i >= 0 && j >= 0) sum += tensor.Products[(i * tensor.Models.Count) + j];
        }

        return sum;
    }
}
