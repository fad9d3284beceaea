using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Polymath.Tensors.Kernels;

/// <summary>Bytes of this machine's second- and third-level caches, as the processor or the operating system states them; usual sizes where neither does.</summary>
internal static class CacheSizes
{
    private const int IntelLeaf = 4, AmdLeaf = unchecked((int)0x8000001D), AmdHighestLeaf = unchecked((int)0x80000000);
    private const int DataCache = 1, UnifiedCache = 3, MostCaches = 8;
    private const string LinuxFolder = "/sys/devices/system/cpu/cpu0/cache";

    static CacheSizes()
    {
        Level2 = 512 * 1024;
        Level3 = 4 * 1024 * 1024;
        Span<long> found = stackalloc long[4];
        if (!FromProcessor(found)) FromLinux(found);
        if (found[2] > 0) Level2 = found[2];
        if (found[3] > 0) Level3 = found[3];
    }

    /// <summary>Second level, of one core.</summary>
    public static long Level2 { get; }

    /// <summary>Third level, shared by several cores.</summary>
    public static long Level3 { get; }

    /// <summary>Deterministic cache parameters: Intel's leaf 4, AMD's leaf 8000001D, in the same format.</summary>
    private static bool FromProcessor(Span<long> sizes)
    {
        if (!X86Base.IsSupported) return false;
        bool amd = (uint)X86Base.CpuId(AmdHighestLeaf, 0).Eax >= unchecked((uint)AmdLeaf) && Read(AmdLeaf, sizes);
        return amd || (X86Base.CpuId(0, 0).Eax >= IntelLeaf && Read(IntelLeaf, sizes));
    }

    private static bool Read(int leaf, Span<long> sizes)
    {
        for (int index = 0; index < MostCaches; index++)
        {
            (int eax, int ebx, int ecx, _) = X86Base.CpuId(leaf, index);
            int type = eax & 31, level = (eax >> 5) & 7;
            if (type == 0) break;
            if (type is not (DataCache or UnifiedCache) || level >= sizes.Length) continue;
            long ways = ((ebx >> 22) & 1023) + 1, partitions = ((ebx >> 12) & 1023) + 1, line = (ebx & 4095) + 1;
            sizes[level] = ways * partitions * line * ((long)(uint)ecx + 1);
        }

        return sizes[2] > 0;
    }

    private static void FromLinux(Span<long> sizes)
    {
        for (int index = 0; index < MostCaches; index++)
        {
            string folder = Path.Combine(LinuxFolder, "index" + index.ToString(CultureInfo.InvariantCulture));
            try
            {
                string kind = File.ReadAllText(Path.Combine(folder, "type")).Trim(), size = File.ReadAllText(Path.Combine(folder, "size")).Trim();
                int level = int.Parse(File.ReadAllText(Path.Combine(folder, "level")), CultureInfo.InvariantCulture);
                if (kind == "Instruction" || level >= sizes.Length || !size.EndsWith('K')) continue;
                sizes[level] = 1024 * long.Parse(size.AsSpan(0, size.Length - 1), CultureInfo.InvariantCulture);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or FormatException)
            {
                // Not Linux, a container without /sys, or fewer caches: the usual sizes do.
                return;
            }
        }
    }
}
