using System.Globalization;
using System.Numerics.Tensors;
using Polymath.Merging.Blending;

namespace Polymath.Merging.Methods;

/// <summary>One unified task vector for all tasks, and for a chosen task its mask and rescaler.</summary>
/// <remarks>Huang et al., "EMR-Merging: Tuning-Free High-Performance Model Merging", NeurIPS 2024. <see cref="Masks.EmrMerging"/> keeps all tasks of models in memory.</remarks>
public sealed class Emr : MergeMethod
{
    /// <inheritdoc/>
    public override string Name => "emr";

    /// <inheritdoc/>
    public override string Summary => "Elects one unified task vector; for a chosen task it is masked and rescaled.";

    /// <inheritdoc/>
    public override string Formula => "b + r_t [d_t g > 0] g max_m { |d_m| : d_m g > 0 }, g = sign sum_m d_m, r_t = sum of mean |d_t| over tensors / sum of mean |masked| (no mask and r = 1 without task)";

    /// <inheritdoc/>
    public override string Use => "serving many tasks from one vector and a bit mask each";

    /// <inheritdoc/>
    public override string Source => "Huang et al., EMR-Merging, NeurIPS 2024";

    /// <inheritdoc/>
    public override BaseModelUse Base => BaseModelUse.Required;

    /// <inheritdoc/>
    public override bool NeedsSurvey => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MethodParameter> Parameters => [MethodParameter.Text("task", null, "the model whose task is wanted: its name, or its number from 0; left out, the unified vector alone")];

    /// <inheritdoc/>
    public override object? Survey(IReadOnlyCollection<TensorMerge> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        double before = 0, after = 0;
        foreach (TensorMerge tensor in tensors) AddMeans(Checked(tensor), ref before, ref after);
        return after > 0 ? before / after : 1.0;
    }

    /// <inheritdoc/>
    public override IBlockRule Prepare(TensorMerge tensor)
    {
        tensor = Checked(tensor);
        int[] models = tensor.Models;
        int baseIndex = tensor.BaseIndex, task = Task(tensor);
        if (models.Length == 0) return BlockRule.Copy(baseIndex);
        if (tensor.Survey is not double rescaler)
        {
            double before = 0, after = 0;
            AddMeans(tensor, ref before, ref after);
            rescaler = after > 0 ? before / after : 1.0;
        }

        return new BlockRule(block =>
        {
            Span<float> unified = block.Output;
            Unify(block, models, baseIndex);
            if (task >= 0)
            {
                EmrElection.Mask(unified, block.Source(task));
                TensorPrimitives.Multiply(unified, (float)rescaler, unified);
                block.Round(unified);
            }

            TensorPrimitives.Add(unified, block.Source(baseIndex), unified);
            block.Round(unified);
        }, scratch: 1);
    }

    private int Task(TensorMerge tensor)
    {
        if (tensor.Parameters.Text("task") is not { } wanted) return -1;
        int[] models = tensor.Models;
        int found = Array.Find([.. models.Select(model => (int?)model)], model => tensor.Sources[model!.Value].Model == wanted) ?? -1;
        if (found >= 0) return found;
        if (int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < models.Length) return models[number];
        throw new MergeException($"{Name}: the task '{wanted}' is none of the models of tensor '{tensor.Name}'; give one of {string.Join(", ", models.Select(model => $"'{tensor.Sources[model].Model}'"))}, or a number from 0 to {models.Length - 1}.");
    }

    private void AddMeans(TensorMerge tensor, ref double before, ref double after)
    {
        int task = Task(tensor);
        if (task < 0 || tensor.Elements == 0) return;
        int[] models = tensor.Models;
        double[] sums = tensor.Sum(Granularity.Elements, 2, (block, partial) =>
        {
            Unify(block, models, tensor.BaseIndex);
            EmrElection.Mask(block.Output, block.Source(task));
            partial[0] = TensorPrimitives.SumOfMagnitudes<float>(block.Source(task));
            partial[1] = TensorPrimitives.SumOfMagnitudes<float>(block.Output);
        }, scratch: 1);
        before += sums[0] / tensor.Elements;
        after += sums[1] / tensor.Elements;
    }

    // The unified vector into the output; task vectors stay in place of the models' elements.
    private static void Unify(Block block, int[] models, int baseIndex)
    {
        Span<float> unified = block.Output, sum = block.Scratch(0);
        sum.Clear();
        foreach (int model in models) TensorPrimitives.Add(sum, InnerProducts.Offset(block, model, baseIndex), sum);
        unified.Clear();
        foreach (int model in models) EmrElection.Raise(block.Source(model), sum, unified);
        EmrElection.Sign(unified, sum);
    }
}
