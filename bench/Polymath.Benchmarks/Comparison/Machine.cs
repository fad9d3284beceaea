using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json.Serialization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>What the figures were measured on. Rows of different machines never stand in one file.</summary>
/// <param name="Processor">Model name.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Vectors">Bits of the widest vectors that .NET uses.</param>
/// <param name="Caches">Sizes, from the first level on.</param>
/// <param name="Memory">Size.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Peers">Python, NumPy, torch, pandas.</param>
/// <param name="InstalledCore">The kernels OpenBLAS chooses by itself.</param>
/// <param name="InstalledBlas">Its version and build.</param>
/// <param name="TunedCore">The kernels of the tuned peer.</param>
/// <param name="TunedBlas">Its version and build.</param>
internal sealed record Machine(string Processor, int Cores, int Vectors, string Caches, string Memory, string System, string Runtime, string Peers, string InstalledCore, string InstalledBlas, string TunedCore, string TunedBlas)
{
    private static readonly string[] s_wideCores = ["SkylakeX", "Cooperlake", "SapphireRapids"];

    /// <summary>Whether OpenBLAS, left to itself, misses the AVX-512 kernels that it has for this processor.</summary>
    [JsonIgnore]
    public bool InstalledIsNarrow => s_wideCores.Contains(TunedCore) && !s_wideCores.Contains(InstalledCore);

    public static Machine Describe(PeerVersions installed, PeerVersions tuned) => new(
        ProcessorEntry("model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        string.Join(", ", CacheSizes()),
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F0} GiB"),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        $"Python {installed.Python}, NumPy {installed.NumPy}, torch {installed.Torch ?? "missing"}, pandas {installed.Pandas ?? "missing"}",
        installed.OpenBlasCore!,
        installed.OpenBlas!,
        tuned.OpenBlasCore!,
        tuned.OpenBlas!);

    /// <summary>Whether the processor has AVX-512, whatever .NET makes of it.</summary>
    public static bool HasAvx512 { get; } = ProcessorEntry("flags")?.Split(' ').Contains("avx512f") ?? false;

    private static string? ProcessorEntry(string name)
    {
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(name, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    private static IEnumerable<string> CacheSizes()
    {
        for (int index = 0; Directory.Exists(Cache(index)); index++)
        {
            if (Read(index, "type") == "Instruction") continue;
            yield return $"L{Read(index, "level")} {Read(index, "size")} (processors {Read(index, "shared_cpu_list")})";
        }

        static string Cache(int index) => $"/sys/devices/system/cpu/cpu0/cache/index{index}";
        static string Read(int index, string name) => File.ReadAllText(Path.Combine(Cache(index), name)).Trim();
    }
}
