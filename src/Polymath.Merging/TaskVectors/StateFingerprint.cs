using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Polymath.Merging.TaskVectors;

/// <summary>A hash of names, shapes and elements, the same whatever the order of the tensors: what is stored beside a difference to recognise its base.</summary>
public static class StateFingerprint
{
    /// <summary>64 hexadecimal digits (SHA-256).</summary>
    /// <param name="state">The weights.</param>
    public static string Of(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in state.Names.Order(StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{state.ShapeOf(state.IndexOf(name))}\n")));
            hash.AppendData(MemoryMarshal.AsBytes(state[name]));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
