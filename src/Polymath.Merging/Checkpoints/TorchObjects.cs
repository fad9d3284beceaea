using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Checkpoints;

/// <summary>What the known functions of PyTorch pickles make. This is the whole list; everything else is refused by name.</summary>
internal static class TorchObjects
{
    private static readonly Dictionary<string, SafetensorsType?> Storages = new(StringComparer.Ordinal)
    {
        ["torch.FloatStorage"] = SafetensorsType.F32,
        ["torch.HalfStorage"] = SafetensorsType.F16,
        ["torch.BFloat16Storage"] = SafetensorsType.BF16,
        ["torch.DoubleStorage"] = SafetensorsType.F64,
        ["torch.LongStorage"] = SafetensorsType.I64,
        ["torch.IntStorage"] = SafetensorsType.I32,
        ["torch.ShortStorage"] = SafetensorsType.I16,
        ["torch.CharStorage"] = SafetensorsType.I8,
        ["torch.ByteStorage"] = SafetensorsType.U8,
        ["torch.BoolStorage"] = SafetensorsType.Bool,
        ["torch.storage.UntypedStorage"] = null,
    };

    private static readonly Dictionary<string, SafetensorsType> Types = new(StringComparer.Ordinal)
    {
        ["torch.float32"] = SafetensorsType.F32,
        ["torch.float16"] = SafetensorsType.F16,
        ["torch.bfloat16"] = SafetensorsType.BF16,
        ["torch.float64"] = SafetensorsType.F64,
        ["torch.int64"] = SafetensorsType.I64,
        ["torch.int32"] = SafetensorsType.I32,
        ["torch.int16"] = SafetensorsType.I16,
        ["torch.int8"] = SafetensorsType.I8,
        ["torch.uint8"] = SafetensorsType.U8,
        ["torch.bool"] = SafetensorsType.Bool,
    };

    /// <summary>The result of a call.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="function">What is called.</param>
    /// <param name="arguments">Its arguments.</param>
    public static object? Call(string path, PickleGlobal function, object?[] arguments) => function.Name switch
    {
        "collections.OrderedDict" when arguments.Length == 0 => new Dictionary<object, object?>(),
        "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => Array(path, arguments, null),
        "torch._utils._rebuild_tensor_v3" => Array(path, arguments, Types.TryGetValue(((PickleGlobal)arguments[6]!).Name, out SafetensorsType type) ? type : throw Refused(path, (PickleGlobal)arguments[6]!)),
        "torch._utils._rebuild_parameter" => arguments[0],
        "torch.Size" => (object?[])arguments[0]!,
        _ => throw Refused(path, function),
    };

    /// <summary>The storage that a persistent name stands for: ('storage', type, key, device, elements, view).</summary>
    public static TorchStorage Storage(string path, object?[] name)
    {
        var kind = (PickleGlobal)name[1]!;
        if (name[0] is not "storage" || !Storages.TryGetValue(kind.Name, out SafetensorsType? type)) throw Refused(path, kind);
        if (name.Length > 5 && name[5] is not null) throw new MergeException($"{path}: storage '{name[2]}' is a view of another, a form that only the oldest files have; save the file again.");
        return new((string)name[2]!, type, (long)name[4]!);
    }

    private static TorchArray Array(string path, object?[] arguments, SafetensorsType? type)
    {
        var storage = (TorchStorage)arguments[0]!;
        long[] shape = [.. ((object?[])arguments[2]!).Select(axis => (long)axis!)], strides = [.. ((object?[])arguments[3]!).Select(stride => (long)stride!)];
        long offset = (long)arguments[1]!;
        SafetensorsType element = type ?? storage.Type ?? throw new MergeException($"{path}: a tensor of storage '{storage.Key}' has no type.");
        long elements = storage.Type is null ? storage.Elements * 8 / element.Bits() : storage.Elements, last = offset;
        _ = shape.Aggregate(1L, static (product, axis) => checked(product * axis));
        bool valid = shape.Length == strides.Length && offset >= 0 && shape.All(axis => axis >= 0) && strides.All(stride => stride >= 0);
        for (int i = 0; valid && i < shape.Length; i++) last = checked(last + (Math.Max(0, shape[i] - 1) * strides[i]));
        if (!valid || (!shape.Contains(0) && last >= elements)) throw new MergeException($"{path}: a tensor of shape [{string.Join(", ", shape)}] reaches outside its storage '{storage.Key}' of {elements} elements.");
        return new(storage, element, offset, shape, strides);
    }

    private static MergeException Refused(string path, PickleGlobal global) => new($"{path}: the file asks for '{global.Name}', which is not needed for tensors and may be harmful, so it is not read; save only the state_dict, best as safetensors.");
}
