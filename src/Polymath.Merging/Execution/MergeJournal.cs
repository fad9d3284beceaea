using System.Security.Cryptography;
using System.Text;
using Polymath.Merging.Planning;
using Polymath.Tensors;

namespace Polymath.Merging.Execution;

/// <summary>
/// The memory of a merge in its work folder: which merge it is, and which files are finished with which checksums. After a crash the same merge
/// finds its finished files, and another merge finds that they are not its own.
/// </summary>
internal sealed class MergeJournal
{
    private const string FileName = "merge.journal", Prefix = "polymath merge ";
    private readonly string _path;
    private readonly Dictionary<string, (long Bytes, string Sha256)> _finished = new(StringComparer.Ordinal);

    private MergeJournal(string path) => _path = path;

    /// <summary>The name of the journal in the work folder.</summary>
    public static string Name => FileName;

    /// <summary>Opens the journal of a work folder; one that belongs to another merge is begun anew.</summary>
    /// <param name="folder">The work folder; it exists.</param>
    /// <param name="identity">What makes this merge this one.</param>
    /// <exception cref="MergeException">The folder holds something else than a merge.</exception>
    public static MergeJournal Open(string folder, string identity)
    {
        var journal = new MergeJournal(Path.Combine(folder, FileName));
        string[] lines = File.Exists(journal._path) ? File.ReadAllLines(journal._path) : [];
        if (lines.Length > 0 && lines[0] == identity)
        {
            foreach (string[] parts in lines.Skip(1).Select(line => line.Split('\t')))
            {
                if (parts.Length == 4 && parts[3] == "." && long.TryParse(parts[1], out long bytes)) journal._finished[parts[0]] = (bytes, parts[2]);
            }

            return journal;
        }

        if (lines.Length == 0 || !lines[0].StartsWith(Prefix, StringComparison.Ordinal))
        {
            // Not ours, so nothing in it is touched; a journal that was cut short while it was first written is.
            if (Directory.EnumerateFileSystemEntries(folder).Any(path => !Path.GetFileName(path).StartsWith("." + FileName, StringComparison.Ordinal))) throw new MergeException($"{folder}: holds files, but is not the work folder of a merge; remove it, or give another output.");
        }

        foreach (string file in Directory.EnumerateFiles(folder)) File.Delete(file);
        AtomicFile.WriteText(journal._path, writer => writer.WriteLine(identity));
        return journal;
    }

    /// <summary>Whether the journal of a work folder notes a finished file.</summary>
    /// <param name="folder">The work folder.</param>
    public static bool HoldsFinished(string folder)
    {
        string path = Path.Combine(folder, FileName);
        return File.Exists(path) && File.ReadLines(path).Skip(1).Any();
    }

    /// <summary>Whether a file is finished and still has the content it was finished with.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="length">The length it must have.</param>
    /// <param name="sha256">Its checksum.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public bool IsFinished(string name, long length, out string sha256, CancellationToken cancellation)
    {
        sha256 = string.Empty;
        if (!_finished.TryGetValue(name, out (long Bytes, string Sha256) entry) || entry.Bytes != length) return false;
        string path = Path.Combine(Path.GetDirectoryName(_path)!, name);
        if (!File.Exists(path) || new FileInfo(path).Length != length) return false;
        sha256 = Checksum(path, cancellation);
        return sha256 == entry.Sha256;
    }

    /// <summary>Notes a finished file; the note is on the disk when this returns.</summary>
    public void Finish(string name, long bytes, string sha256)
    {
        using var stream = new FileStream(_path, FileMode.Append, FileAccess.Write, FileShare.Read);
        stream.Write(Encoding.UTF8.GetBytes($"{name}\t{bytes}\t{sha256}\t.\n"));
        stream.Flush(flushToDisk: true);
    }

    /// <summary>What makes a merge this one: the configuration, every input's length and time, the layout of the output, the seed.</summary>
    public static string Identity(MergePlan plan, IReadOnlyList<OutputShard> shards)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        void Add(string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
        Add($"polymath-merge 1 {typeof(MergeJournal).Assembly.GetName().Version}");
        Add(plan.Configuration);
        Add($"{plan.Settings.Draws.Seed} {plan.Settings.Rescale} {plan.Settings.Breadcrumbs} {plan.Settings.Rounding}");
        foreach (string input in plan.Inputs)
        {
            var info = new FileInfo(input);
            Add($"{info.FullName} {info.Length} {info.LastWriteTimeUtc.Ticks}");
        }

        foreach (OutputShard shard in shards)
        {
            Add(shard.Name);
            hash.AppendData(shard.Layout.Header.Span);
        }

        foreach (PlannedTensor tensor in plan.Tensors)
        {
            Add($"{tensor.Name} {tensor.Method?.Name} {tensor.Parameters}");
            foreach (Blending.MergeSource source in tensor.Sources) Add($"{source.Model} {source.IsBase} {source.Tensor} {source.Parameters}");
        }

        return $"{Prefix}{Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>The SHA-256 of a file.</summary>
    public static string Checksum(string path, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path);
        byte[] buffer = new byte[1 << 20];
        for (long at = 0; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            int read = RandomAccess.Read(file, buffer, at);
            if (read == 0) return Convert.ToHexStringLower(hash.GetHashAndReset());
            hash.AppendData(buffer, 0, read);
            at += read;
        }
    }
}
