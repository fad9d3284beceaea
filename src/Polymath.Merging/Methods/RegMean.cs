using Polymath.Merging.Blending;
using Polymath.Merging.Statistics;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Methods;

/// <summary>Solves for the weights of every linear layer whose outputs are nearest to each model's on that model's inputs; averages all else.</summary>
/// <remarks>Jin et al., "Dataless Knowledge Fusion by Merging Weights of Language Models", ICLR 2023. <see cref="GramCollector"/> makes the files.</remarks>
public sealed class RegMean : MergeMethod
{
    private const string WeightSuffix = ".weight";

    /// <inheritdoc/>
    public override string Name => "regmean";

    /// <inheritdoc/>
    public override string Summary => "Linear layers by least squares on the models' own inputs, everything else by the mean.";

    /// <inheritdoc/>
    public override string Formula => "W^T = (sum_m G_m)^-1 sum_m G_m W_m^T, G_m = X_m^T X_m / rows with off-diagonals times the ratio";

    /// <inheritdoc/>
    public override string Use => "fine-tunes of different tasks, when a few hundred inputs of each can be had";

    /// <inheritdoc/>
    public override string Source => "Jin et al., Dataless Knowledge Fusion by Merging Weights of Language Models, ICLR 2023";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Ignored;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters =>
    [
        MethodParameter.Number("reduce_non_diagonal_ratio", 1, "factor of the off-diagonal elements of the Gram matrices") with { Minimum = 0, Maximum = 1 },
        MethodParameter.Number("ridge", 0, "added to the diagonal of their sum, as a share of its mean") with { Minimum = 0 },
        MethodParameter.Flag("weight_transpose", true, "weights are stored (outputs, inputs); false for (inputs, outputs)"),
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> ModelParameters => [MethodParameter.Text("gram", null, "safetensors file of Gram matrices under the names of layers or of their weights") with { Required = true }];

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int n = tensor.Sources.Count;
        if (tensor.Shape.Count != 2 || tensor.Elements == 0 || Grams(tensor) is not { } grams) return new Combination([.. Enumerable.Range(0, n)], [.. Enumerable.Repeat(1.0 / n, n)]);
        bool transposed = tensor.Parameters.Flag("weight_transpose");
        int inputs = checked((int)tensor.Shape[transposed ? 1 : 0]), outputs = checked((int)(tensor.Elements / inputs));
        foreach ((SafetensorsFile file, string key) in grams)
        {
            if (!file.GetInfo(key).Shape.SequenceEqual([inputs, inputs])) throw new MergeException($"tensor '{tensor.Name}': the Gram matrix '{key}' in '{file.Path}' has shape [{string.Join(", ", file.GetInfo(key).Shape)}], expected [{inputs}, {inputs}]; check weight_transpose.");
        }

        var options = new RegMeanOptions { NonDiagonalRatio = tensor.Parameters.Number("reduce_non_diagonal_ratio"), Ridge = tensor.Parameters.Number("ridge") };
        var system = new RegMeanSystem(tensor.Name, [.. grams.Select(gram => Read(gram.File, gram.Key, inputs))], inputs, options);
        return new BlockRule(block =>
        {
            double[] right = new double[block.Length];
            for (int model = 0; model < n; model++) system.Add(model, transposed ? block.Source(model) : MatrixLayout.Transpose(block.Source(model), inputs, outputs), right);
            system.Solve(right);
            Span<float> output = block.Output;
            for (int i = 0; i < right.Length; i++) output[transposed ? i : (i % inputs * outputs) + (i / inputs)] = (float)right[i];
            block.Round(output);
        }, transposed ? Granularity.Rows : Granularity.Whole);
    }

    // The file and key of every model's matrix, or null when no model has one.
    private (SafetensorsFile File, string Key)[]? Grams(TensorMerge tensor)
    {
        var found = new List<(SafetensorsFile, string)>();
        foreach (MergeSource source in tensor.Sources)
        {
            string path = source.Parameters.Text("gram") ?? throw new MergeException($"{Name}: model '{source.Model}' has no parameter 'gram'; give the file of its Gram matrices.");
            SafetensorsFile file = StatisticsFile.Open(path, $"model '{source.Model}', parameter 'gram'");
            string name = source.Tensor.Name, layer = name.EndsWith(WeightSuffix, StringComparison.Ordinal) ? name[..^WeightSuffix.Length] : name;
            if (file.Contains(layer)) found.Add((file, layer));
            else if (file.Contains(name)) found.Add((file, name));
        }

        if (found.Count == 0) return null;
        if (found.Count < tensor.Sources.Count) throw new MergeException($"tensor '{tensor.Name}': {found.Count} of {tensor.Sources.Count} models have a Gram matrix for it, expected all or none; collect them for the same layers.");
        return [.. found];
    }

    private static double[] Read(SafetensorsFile file, string key, int inputs)
    {
        double[] gram = new double[inputs * inputs];
        file.ReadFloat64(key, gram);
        return gram;
    }
}
