using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Polymath.Boosting;

/// <summary>A text that changes when the data, the grid or the folds of a search do.</summary>
internal static class SearchFingerprint
{
    public static string Of(BoostingData data, IReadOnlyList<GridPoint> points, int folds, ulong seed, string criterion)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(string.Create(CultureInfo.InvariantCulture, $"{data.Rows} {data.Features.Width} {folds} {seed} {criterion}"));
        foreach (FeatureDescription feature in data.Features.Features) Add(feature.ToString());
        foreach (BoostingTarget target in data.Targets) Add($"{target.Name} {target.Kind} {string.Join('\n', target.Classes)}");
        foreach (string label in data.Tasks?.Labels ?? []) Add(label);
        foreach (GridPoint point in points) Add(string.Create(CultureInfo.InvariantCulture, $"{point.Name}\n{point.Options}\n{string.Join(',', point.Options.Monotone.Select(pair => $"{pair.Key}={pair.Value}"))}\n{string.Join(',', point.Options.InitialTheta ?? [])}"));
        hash.AppendData(MemoryMarshal.AsBytes(data.Features.Values));
        hash.AppendData(MemoryMarshal.AsBytes(data.Labels.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.TaskOfRow.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(data.Weights.AsSpan()));
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes($"{text}\0"));
    }
}
