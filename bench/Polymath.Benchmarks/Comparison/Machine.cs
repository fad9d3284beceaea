using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Polymath.Benchmarks.Comparison;

/// <summary>What the figures were measured on. Rows of different machines never stand in one file.</summary>
/// <param name="Processor">Model name.</param>
/// <param name="Cores">Processors that this process may use.</param>
/// <param name="Vectors">Bits of the widest vectors that .NET uses.</param>
/// <param name="Caches">Sizes, from the first level on.</param>
/// <param name="Memory">Size.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Peers">Python, NumPy, torch, pandas, OpenBLAS.</param>
/// <param name="InstalledCore">The kernels OpenBLAS chooses by itself.</param>
/// <param name="ForcedCore">The kernels of the forced peer; null where the processor has no AVX-512.</param>
internal sealed record Machine(string Processor, int Cores, int Vectors, string Caches, string Memory, string System, string Runtime, string Peers, string InstalledCore, string? ForcedCore)
{
    private static readonly string[] s_wideCores = ["SkylakeX", "Cooperlake", "SapphireRapids"];

    /// <summary>Whether OpenBLAS, left to itself, uses the AVX-512 kernels, so that forcing changes little.</summary>
    public bool InstalledIsWide => s_wideCores.Contains(InstalledCore);

    public static Machine Describe(PeerVersions installed, PeerVersions? forced) => new(
        ProcessorName(),
        Environment.ProcessorCount,
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0,
        string.Join(", ", CacheSizes()),
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F0} GiB"),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        $"Python {installed.Python}, NumPy {installed.NumPy}, torch {installed.Torch ?? "missing"}, pandas {installed.Pandas ?? "missing"}, {installed.OpenBlas}",
        installed.OpenBlasCore!,
        forced?.OpenBlasCore);

    /// <summary>Whether OpenBLAS has a reason to be given its AVX-512 kernels.</summary>
    public static bool HasAvx512() => Vector512.IsHardwareAccelerated;

    private static string ProcessorName()
    {
        string? line = File.Exists("/proc/cpuinfo") ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
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
