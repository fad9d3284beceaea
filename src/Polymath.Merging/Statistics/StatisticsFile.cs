using System.Collections.Concurrent;
using Polymath.Tensors.Safetensors;

namespace Polymath.Merging.Statistics;

/// <summary>
/// Safetensors files with what was measured on a model's data, tensor by tensor: diagonal Fisher values, Gram matrices. A file is opened once however many
/// tensors ask for it, and stays open as long as one of them is being merged.
/// </summary>
internal static class StatisticsFile
{
    private static readonly ConcurrentDictionary<(string Path, DateTime Written), WeakReference<SafetensorsFile>> _open = new();

    /// <summary>Opens a file, or finds it open.</summary>
    /// <param name="path">The file.</param>
    /// <param name="place">Who names it, for messages: "model 'x', parameter 'fisher'".</param>
    /// <exception cref="MergeException">The file is missing or broken.</exception>
    public static SafetensorsFile Open(string path, string place)
    {
        string full = Path.GetFullPath(path);
        if (!File.Exists(full)) throw new MergeException($"{place}: the file '{path}' does not exist, expected a safetensors file; check the path.");
        WeakReference<SafetensorsFile> reference = _open.GetOrAdd((full, File.GetLastWriteTimeUtc(full)), static _ => new WeakReference<SafetensorsFile>(null!));
        lock (reference)
        {
            if (reference.TryGetTarget(out SafetensorsFile? file)) return file;
            try
            {
                file = SafetensorsFile.Open(full);
            }
            catch (Exception problem) when (problem is SafetensorsException or IOException)
            {
                throw new MergeException($"{place}: {problem.Message}", problem);
            }

            reference.SetTarget(file);
            return file;
        }
    }
}
