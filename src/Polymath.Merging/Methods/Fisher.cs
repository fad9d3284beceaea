using System.Numerics.Tensors;
using Polymath.Merging.Blending;
using Polymath.Merging.Statistics;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Methods;

/// <summary>The mean of the models, every element weighted by how much its model's predictions depend on it.</summary>
/// <remarks>Matena and Raffel, "Merging Models with Fisher-Weighted Averaging", NeurIPS 2022. <see cref="FisherEstimator"/> makes the files.</remarks>
public sealed class Fisher : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "fisher";

    /// <inheritdoc/>
    public override string Summary => "The mean of the models, every element weighted by its diagonal Fisher value.";

    /// <inheritdoc/>
    public override string Formula => "sum_m c_m F_m x_m / sum_m c_m F_m, c_m = weight / |F_m| (over the whole model) when normalized";

    /// <inheritdoc/>
    public override string Use => "fine-tunes of different tasks, when gradients on a few hundred examples of each can be had";

    /// <inheritdoc/>
    public override string Source => "Matena and Raffel, Merging Models with Fisher-Weighted Averaging, NeurIPS 2022";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Flag("normalize_fisher_weight", true, "divide each model's Fisher values by their norm over the model"),
        MethodParameter.Number("minimal_fisher_weight", 1e-6, "added to every Fisher value") with { Minimum = 1e-30 },
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters =>
    [
        MethodParameter.Text("fisher", null, "safetensors file of diagonal Fisher values under the model's tensor names") with { Required = true },
        MethodParameter.Number("weight", 1, "weight of the model"),
    ];

    /// <inheritdoc/>
    public override bool NeedsSurvey => true;

    /// <inheritdoc/>
    public override object? Survey(IReadOnlyCollection<TensorMerge> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var squares = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (TensorMerge tensor in tensors.Where(tensor => tensor.Parameters.Flag("normalize_fisher_weight"))) AddSquares(SameShapes(tensor), squares);
        return squares;
    }

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        SafetensorsFile?[] files = Files(tensor);
        double[]? norms = null;
        if (tensor.Parameters.Flag("normalize_fisher_weight"))
        {
            var squares = tensor.Survey as Dictionary<string, double>;
            if (squares is null) AddSquares(tensor, squares = new(StringComparer.Ordinal));
            norms = [.. tensor.Sources.Select(source => Math.Sqrt(squares.GetValueOrDefault(source.Model)))];
        }

        double[] weights = [.. tensor.Sources.Select(source => source.Parameters.Number("weight"))];
        if (weights.Sum() == 0) throw new MergeException($"{Name}: the weights of tensor '{tensor.Name}' sum to 0; change a weight.");
        float[] coefficients = FisherBlend.Coefficients(weights, norms);
        float minimum = (float)tensor.Parameters.Number("minimal_fisher_weight");
        return new BlockRule(block =>
        {
            Span<float> sum = block.Output, weight = block.Scratch(0), fisher = block.Scratch(1);
            sum.Clear();
            weight.Clear();
            for (int i = 0; i < files.Length; i++)
            {
                Read(files[i], tensor.Sources[i], block, fisher);
                FisherBlend.Add(block.Source(i), fisher, coefficients[i], minimum, sum, weight);
            }

            TensorPrimitives.Divide(sum, weight, sum);
            block.Round(sum);
        }, scratch: 2);
    }

    private void AddSquares(TensorMerge tensor, Dictionary<string, double> squares)
    {
        SafetensorsFile?[] files = Files(tensor);
        double[] sums = tensor.Sum(Granularity.Elements, files.Length, (block, partial) =>
        {
            Span<float> fisher = block.Scratch(0);
            for (int i = 0; i < files.Length; i++)
            {
                Read(files[i], tensor.Sources[i], block, fisher);
                partial[i] = InnerProducts.Dot(fisher, fisher);
            }
        }, scratch: 1);
        for (int i = 0; i < sums.Length; i++) squares[tensor.Sources[i].Model] = squares.GetValueOrDefault(tensor.Sources[i].Model) + sums[i];
    }

    // A tensor without Fisher values in any file (buffers, frozen weights) has none, so that the weighted mean is left; all files or none must hold it.
    private SafetensorsFile?[] Files(TensorMerge tensor)
    {
        SafetensorsFile[] files = [.. tensor.Sources.Select(source => StatisticsFile.Open(source.Parameters.Text("fisher") ?? throw new MergeException($"{Name}: model '{source.Model}' has no parameter 'fisher'; give the file of its Fisher values."), $"model '{source.Model}', parameter 'fisher'"))];
        bool[] held = [.. files.Select((file, i) => file.Contains(tensor.Sources[i].Tensor.Name))];
        if (!held.Contains(true)) return new SafetensorsFile?[files.Length];
        for (int i = 0; i < files.Length; i++)
        {
            MergeSource source = tensor.Sources[i];
            if (!held[i]) throw new MergeException($"model '{source.Model}': its Fisher file '{files[i].Path}' holds no tensor '{source.Tensor.Name}', but another model's does; estimate the values of both for the same tensors.");
            if (!files[i].GetInfo(source.Tensor.Name).Shape.SequenceEqual(tensor.Shape)) throw new MergeException($"model '{source.Model}': the Fisher values of tensor '{source.Tensor.Name}' have shape [{string.Join(", ", files[i].GetInfo(source.Tensor.Name).Shape)}], expected [{string.Join(", ", tensor.Shape)}].");
        }

        return files;
    }

    private static void Read(SafetensorsFile? file, MergeSource source, Block block, Span<float> fisher)
    {
        if (file is null) fisher.Clear();
        else file.ReadFloat32(source.Tensor.Name, block.Start, fisher);
    }
}
