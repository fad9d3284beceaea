using System.Globalization;
using System.Runtime.InteropServices;
using Polymath.Tensors.Safetensors;

namespace Polymath.Learning.Losses;

// The factors in a file: V [D, d], U [d, d] and omega [d]; all else follows from them.
public sealed partial class FactoredSphericalOutput
{
    private const string RowsName = "V", FactorName = "U", ShiftName = "omega", UpdatesKey = "updates";

    /// <summary>Writes V (F32, or F64 in double precision), U and omega (F64) to a safetensors file, atomically.</summary>
    /// <param name="path">The file to create or replace.</param>
    public void Save(string path) => SafetensorsWriter.Write(
        path,
        [
            Matrix.Rows.Entry(RowsName),
            new(FactorName, SafetensorsType.F64, [Hidden, Hidden], stream => stream.Write(MemoryMarshal.AsBytes<double>(Matrix.U))),
            new(ShiftName, SafetensorsType.F64, [Hidden], stream => stream.Write(MemoryMarshal.AsBytes<double>(Matrix.Omega))),
        ],
        new Dictionary<string, string>(StringComparer.Ordinal) { [UpdatesKey] = Updates.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Reads what <see cref="Save"/> wrote and computes the inverse of U, W^T W and W^T 1 from it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="loss">What the layer goes on learning by.</param>
    /// <param name="learningRate">eta, more than 0.</param>
    /// <param name="options">How W is kept; null for the defaults.</param>
    /// <exception cref="SafetensorsException">The file breaks a rule of the format, or a factor is missing.</exception>
    /// <exception cref="FactoredOutputException">The factors do not fit each other.</exception>
    public static FactoredSphericalOutput Load(string path, SphericalLoss loss, double learningRate, FactoredSphericalOptions? options = null)
    {
        using var file = SafetensorsFile.Open(path);
        TensorInfo rows = file[RowsName], factor = file[FactorName], shift = file[ShiftName];
        if (rows.Shape.Count != 2 || rows.Shape.Any(length => length is < 1 or > int.MaxValue) || !factor.Shape.SequenceEqual([rows.Shape[1], rows.Shape[1]]) || !shift.Shape.SequenceEqual([rows.Shape[1]]))
            throw new FactoredOutputException($"{path}: found {rows}, {factor} and {shift}, expected [classes, hidden], [hidden, hidden] and [hidden]; give a file that FactoredSphericalOutput wrote.");
        var layer = new FactoredSphericalOutput((int)rows.Shape[1], (int)rows.Shape[0], loss, learningRate, options);
        layer.Matrix.Rows.Load(file, RowsName);
        file.ReadFloat64(FactorName, layer.Matrix.U);
        file.ReadFloat64(ShiftName, layer.Matrix.Omega);
        layer.Matrix.Invert();
        layer.Matrix.Recompute();
        if (file.Metadata.TryGetValue(UpdatesKey, out string? updates) && long.TryParse(updates, NumberStyles.None, CultureInfo.InvariantCulture, out long count)) layer.Updates = count;
        return layer;
    }
}
