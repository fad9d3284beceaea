using Polymath.Merging.Architectures;
using Polymath.Merging.Blending;
using Polymath.Merging.Configuration;
using Polymath.Merging.Methods;
using Polymath.Merging.Sources;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Planning;

/// <summary>Plans single output tensors: finds each model's tensor, resolves its parameters, and decides how the result is made and stored.</summary>
internal sealed class TensorPlanner(MergeConfiguration configuration, MergeMethod method, TensorSelection selection, List<string> warnings)
{
    private static readonly Linear Alone = new();
    private static readonly ParameterSet AloneGlobal = ParameterSet.Resolve(Alone.Parameters, new Dictionary<string, object?> { ["normalize"] = false }, Alone.Name);
    private static readonly ParameterSet AloneModel = ParameterSet.Resolve(Alone.ModelParameters, new Dictionary<string, object?> { ["weight"] = 1.0 }, Alone.Name);

    /// <summary>Plans a tensor.</summary>
    /// <param name="name">The output's name.</param>
    /// <param name="role">What it is.</param>
    /// <param name="slice">The models.</param>
    /// <param name="find">A model's tensor, or null.</param>
    /// <param name="position">The place of its layer in the slice, in [0, 1]; 0 outside the layers.</param>
    public PlannedTensor Plan(string name, TensorRole role, Slice slice, Func<SliceSource, SourceTensor?> find, double position)
    {
        List<(SliceSource Source, SourceTensor Tensor)> found = [.. slice.Sources.Select(source => (Source: source, Tensor: find(source)!)).Where(entry => entry.Tensor is not null)];
        SliceSource? lacking = slice.Sources.FirstOrDefault(source => found.All(entry => entry.Source != source));
        if (lacking is not null && selection != TensorSelection.Union && !Architecture.IsOptional(name))
            throw new MergeException($"{configuration.At(slice.Line)}: tensor '{name}' is in model '{found[0].Source.Model.Name}' but not in model '{lacking.Model.Name}'; expected models of one architecture.");
        (SliceSource leading, SourceTensor first) = found.FirstOrDefault(entry => entry.Source.IsBase) is { Tensor: not null } theta0 ? theta0 : found[0];
        (SliceSource Source, SourceTensor Tensor) other = found.FirstOrDefault(entry => entry.Tensor.IsFloatingPoint != first.IsFloatingPoint);
        if (other.Tensor is not null) throw new MergeException($"{configuration.At(slice.Line)}: tensor '{name}' is {first.Type.HeaderName()} in model '{leading.Model.Name}' and {other.Tensor.Type.HeaderName()} in model '{other.Source.Model.Name}'; expected floating-point numbers, or integers, in all.");
        if (!first.IsFloatingPoint)
        {
            if (first.Type is not (SafetensorsType.Bool or SafetensorsType.U8 or SafetensorsType.I8 or SafetensorsType.I16 or SafetensorsType.U16 or SafetensorsType.I32 or SafetensorsType.U32 or SafetensorsType.I64 or SafetensorsType.U64))
                warnings.Add($"tensor '{name}' is {first.Type.HeaderName()}, which cannot be merged; it is copied from model '{leading.Model.Name}'.");
            return new(name, first.Type, first.Shape, null, [new MergeSource(leading.Model.Name, first, leading.IsBase, ParameterSet.Empty)], ParameterSet.Empty, false);
        }

        bool embedding = role is TensorRole.Embedding or TensorRole.Head && first.Shape.Count == 2;
        SafetensorsType type = configuration.OutputType ?? configuration.Type ?? (leading.IsBase ? first.Type : Promote(found.Select(entry => entry.Tensor.Type)));
        // A tensor that only some models have (a pooler, or of a union): the method may need more models than are left, or the base.
        if (lacking is not null && (found.Count < method.LeastModels || (method.Base == BaseModelUse.Required && !leading.IsBase)))
        {
            warnings.Add($"tensor '{name}' is not in model '{lacking.Model.Name}'; it is copied from model '{leading.Model.Name}'.");
            return new(name, type, first.Shape, Alone, [new MergeSource(leading.Model.Name, first, false, AloneModel)], AloneGlobal, embedding);
        }

        string place = $"{configuration.At(slice.Line)}: tensor '{name}'";
        MergeSource[] sources = [.. found.Select(entry => new MergeSource(entry.Source.Model.Name, entry.Tensor, entry.Source.IsBase,
            slice.Levels.Under(entry.Source.Parameters).Resolve(method.ModelParameters, entry.Tensor.Name, position, $"{place}, model '{entry.Source.Model.Name}'", optional: entry.Source.IsBase)))];
        IReadOnlyList<long> shape;
        try
        {
            shape = method.OutputShape(name, sources, embedding);
        }
        catch (MergeException exception)
        {
            throw new MergeException($"{configuration.At(slice.Line)}: {exception.Message}", exception);
        }

        return new(name, type, shape, method, sources, slice.Levels.Resolve(method.Parameters, name, position, place), embedding);
    }

    // The type that holds every value of all: F16 and BF16 meet in F32.
    private static SafetensorsType Promote(IEnumerable<SafetensorsType> types) => types.Aggregate((left, right) => left == right ? left
        : left == SafetensorsType.F64 || right == SafetensorsType.F64 ? SafetensorsType.F64 : SafetensorsType.F32);
}
