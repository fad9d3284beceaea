namespace Polymath.Tensors.Safetensors;

/// <summary>Names and sizes of <see cref="SafetensorsType"/>.</summary>
public static class SafetensorsTypes
{
    // Indexed by the enum: the one table of names and widths.
    private static readonly (string Name, int Bits)[] Table =
    [
        ("BOOL", 8), ("F4", 4), ("F6_E2M3", 6), ("F6_E3M2", 6), ("U8", 8), ("I8", 8), ("F8_E5M2", 8), ("F8_E4M3", 8),
        ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("I16", 16), ("U16", 16), ("F16", 16), ("BF16", 16),
        ("I32", 32), ("U32", 32), ("F32", 32), ("C64", 64), ("F64", 64), ("I64", 64), ("U64", 64),
    ];

    /// <summary>Bits of one element.</summary>
    public static int Bits(this SafetensorsType type) => Table[(int)type].Bits;

    /// <summary>The name written in a file's header, such as <c>BF16</c>.</summary>
    public static string HeaderName(this SafetensorsType type) => Table[(int)type].Name;

    /// <summary>Finds the type of a header name (case-sensitive, as in the format).</summary>
    public static bool TryParse(string name, out SafetensorsType type)
    {
        int index = Array.FindIndex(Table, entry => entry.Name == name);
        type = index < 0 ? default : (SafetensorsType)index;
        return index >= 0;
    }
}
