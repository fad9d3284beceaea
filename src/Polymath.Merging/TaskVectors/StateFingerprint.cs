using System.Globalization;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Polymath.Merging.TaskVectors;

/// <summary>A hash of names, shapes and elements, the same whatever the order of the tensors: what is stored beside a difference to recognise its base.</summary>
public static class StateFingerprint
{
    /// <summary>32 hexadecimal digits (XXH128).</summary>
    /// <param name="state">The weights.</param>
    public static string Of(ModelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var hash = new XxHash128();
        foreach (string name in state.Names.Order(StringComparer.Ordinal))
        {
            hash.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}\n{state.ShapeOf(state.IndexOf(name))}\n")));
            hash.Append(MemoryMarshal.AsBytes(state[name]));
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }
}
