using System.Diagnostics;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Polymath.Merging.Planning;
using Polymath.Tensors;

namespace Polymath.Merging.Execution;

/// <summary>
/// Carries out a plan: tensor by tensor from the input files into the output files, in little memory whatever the size of the models.
/// </summary>
/// <remarks>
/// Everything is written into a work folder beside the output (<c>NAME.partial</c>), which is renamed when all is complete, so the final name never
/// shows half a model. A merge that was killed or ran out of disk is continued by running it again: its finished files are verified by their
/// checksums and kept. The bytes of the output are the same at any number of threads, resumed or not.
/// </remarks>
/// <example><code>
/// MergeResult result = Merger.Run(plan, new MergeOptions { Output = "merged" });
/// </code></example>
public static class Merger
{
    /// <summary>What the work folder's name ends with.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>The list of checksums in the output folder, as <c>sha256sum -c</c> reads it.</summary>
    public const string ChecksumFile = "SHA256SUMS";

    private const string IndexFile = "model.safetensors.index.json", FlatSuffix = ".safetensors";

    /// <summary>Merges.</summary>
    /// <param name="plan">The plan; it stays open.</param>
    /// <param name="options">Where and how the merge is written.</param>
    /// <param name="progress">Told after each tensor, on the calling thread.</param>
    /// <param name="cancellation">Stops between two tensors; the same merge can be continued later.</param>
    /// <exception cref="MergeException">The output is in the way, the disk is too small, or a tensor cannot be merged.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static MergeResult Run(MergePlan plan, MergeOptions options, Action<MergeProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        var clock = Stopwatch.StartNew();
        string output = Path.GetFullPath(Path.TrimEndingDirectorySeparator(options.Output)), work = output + PartialSuffix;
        bool flat = output.EndsWith(FlatSuffix, StringComparison.OrdinalIgnoreCase);
        RequireFree(plan, options);
        IReadOnlyList<OutputShard> shards = Shards(plan, options);
        bool existed = Directory.Exists(work);
        Directory.CreateDirectory(work);
        try
        {
            MergeJournal journal = MergeJournal.Open(work, MergeJournal.Identity(plan, shards));
            RequireSpace(work, shards);
            var warnings = new List<string>(plan.Warnings);
            List<MergedFile> files = WriteShards(plan, options, shards, work, journal, warnings, progress, cancellation);
            if (!flat) WriteBeside(plan, options, shards, files, work);
            Publish(output, work, flat, options);
            return new MergeResult(output, files, plan.Tensors.Count, plan.OutputBytes, warnings, clock.Elapsed);
        }
        catch (Exception exception)
        {
            // What cannot be merged will not be merged next time either, and a folder without a finished file is of no use to a next time.
            if (!existed && (exception is MergeException || !MergeJournal.HoldsFinished(work))) RemoveQuietly(work);
            throw;
        }
    }

    private static void RemoveQuietly(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is the one to report.
        }
    }

    /// <summary>What makes a merge this one: two merges of the same identity write the same bytes.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">How the merge is written.</param>
    public static string Identity(MergePlan plan, MergeOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        return MergeJournal.Identity(plan, Shards(plan, options));
    }

    private static IReadOnlyList<OutputShard> Shards(MergePlan plan, MergeOptions options)
    {
        string output = Path.GetFullPath(Path.TrimEndingDirectorySeparator(options.Output));
        return OutputShard.Split(plan, options.ShardBytes, output.EndsWith(FlatSuffix, StringComparison.OrdinalIgnoreCase) ? Path.GetFileName(output) : null);
    }

    private static List<MergedFile> WriteShards(MergePlan plan, MergeOptions options, IReadOnlyList<OutputShard> shards, string work, MergeJournal journal, List<string> warnings, Action<MergeProgress>? progress, CancellationToken cancellation)
    {
        Action<string> warn = plan.Settings.Warn;
        Lock gate = new();
        void Warn(string sentence)
        {
            lock (gate)
            {
                if (warnings.Contains(sentence)) return;
                warnings.Add(sentence);
                warn(sentence);
            }
        }

        var writer = new ShardWriter(plan.Settings with { Warn = Warn, NonFinite = new NonFiniteReport(options.RefuseNonFinite, Warn).Report }, options);
        long done = 0, total = plan.OutputBytes;
        Func<PlannedTensor, object?>? surveys = null;
        var files = new MergedFile[shards.Count];
        Task checking = Task.CompletedTask;
        try
        {
            for (int i = 0; i < shards.Count; i++)
            {
                OutputShard shard = shards[i];
                string path = Path.Combine(work, shard.Name);
                if (journal.IsFinished(shard.Name, shard.Layout.Length, out string sha256, cancellation))
                {
                    files[i] = new MergedFile(shard.Name, shard.Layout.Length, sha256, Resumed: true);
                    done += shard.Tensors.Sum(tensor => tensor.Bytes);
                    progress?.Invoke(new MergeProgress(done, total, "verified", shard.Name));
                    continue;
                }

                surveys ??= MergeSurvey.Of(plan);
                writer.Write(shard, path, surveys, tensor => progress?.Invoke(new MergeProgress(done += tensor.Bytes, total, tensor.Name, shard.Name)), cancellation);

                // A file is checked and brought to the disk while the next one is made.
                checking.GetAwaiter().GetResult();
                int at = i;
                checking = Task.Run(
                    () =>
                    {
                        files[at] = new MergedFile(shard.Name, shard.Layout.Length, MergeJournal.Checksum(path, CancellationToken.None), Resumed: false);
                        if (options.Durable) FlushToDisk(path);
                        journal.Finish(shard.Name, shard.Layout.Length, files[at].Sha256);
                    },
                    CancellationToken.None);
            }
        }
        finally
        {
            // Also after a failure: the finished file counts, and nobody may delete the folder under the check.
            checking.GetAwaiter().GetResult();
        }

        return [.. files];
    }

    private static void FlushToDisk(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        RandomAccess.FlushToDisk(file);
    }

    private static void WriteBeside(MergePlan plan, MergeOptions options, IReadOnlyList<OutputShard> shards, List<MergedFile> files, string work)
    {
        if (shards.Count > 1)
        {
            AtomicFile.Write(Path.Combine(work, IndexFile), stream =>
            {
                using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
                json.WriteStartObject();
                json.WriteStartObject("metadata");
                json.WriteNumber("total_size", plan.OutputBytes);
                json.WriteEndObject();
                json.WriteStartObject("weight_map");
                foreach ((string tensor, string file) in shards.SelectMany(shard => shard.Tensors.Select(tensor => (tensor.Name, shard.Name))).OrderBy(pair => pair.Item1, StringComparer.Ordinal)) json.WriteString(tensor, file);
                json.WriteEndObject();
                json.WriteEndObject();
            });
        }

        foreach (PlannedFile file in plan.Files.Concat(options.Beside))
        {
            string path = Path.Combine(work, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!); // 1_Pooling/config.json
            if (file.CopyOf is { } source) AtomicFile.Write(path, stream =>
            {
                using FileStream input = File.OpenRead(source);
                input.CopyTo(stream);
            });
            else AtomicFile.WriteText(path, writer => writer.Write(file.Text));
        }

        AtomicFile.WriteText(Path.Combine(work, ChecksumFile), writer =>
        {
            foreach (MergedFile file in files) writer.WriteLine($"{file.Sha256}  {file.Name}");
        });
    }

    private static void Publish(string output, string work, bool flat, MergeOptions options)
    {
        if (flat)
        {
            File.Move(Path.Combine(work, Path.GetFileName(output)), output, overwrite: options.Overwrite);
            Directory.Delete(work, recursive: true);
            return;
        }

        // An old folder steps aside first, under a name that nothing has, and goes when the new one is in place.
        string? old = Directory.Exists(output) ? $"{output}.{Guid.NewGuid():N}.replaced" : null;
        if (old is not null) Directory.Move(output, old);
        Directory.Move(work, output);
        File.Delete(Path.Combine(output, MergeJournal.Name));
        if (old is not null) Directory.Delete(old, recursive: true);
    }

    /// <summary>Fails unless the output can be written: not over an input, and over an older output only when that is allowed.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="options">Where the merge is to be written.</param>
    /// <exception cref="MergeException">The output is in the way.</exception>
    public static void RequireFree(MergePlan plan, MergeOptions options)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Output.Length == 0) throw new MergeException("the name of the output is empty, expected a folder to create.");
        string output = Path.GetFullPath(Path.TrimEndingDirectorySeparator(options.Output));
        bool flat = output.EndsWith(FlatSuffix, StringComparison.OrdinalIgnoreCase);
        foreach (string input in plan.Inputs)
        {
            string folder = Path.GetDirectoryName(Path.GetFullPath(input))!;
            if (folder == output || Path.GetFullPath(input) == output) throw new MergeException($"the output '{options.Output}' is also an input; give another name for the output.");
        }

        if (flat)
        {
            if (Directory.Exists(output)) throw new MergeException($"{options.Output}: is a folder, expected the name of a file to write.");
            if (File.Exists(output) && !options.Overwrite) throw new MergeException($"{options.Output}: exists already; give another name, or allow it to be replaced.");
        }
        else
        {
            if (File.Exists(output)) throw new MergeException($"{options.Output}: is a file, expected the name of a folder to create.");
            if (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any() && !options.Overwrite) throw new MergeException($"{options.Output}: exists already and is not empty; give another name, or allow it to be replaced.");
        }
    }

    private static void RequireSpace(string work, IReadOnlyList<OutputShard> shards)
    {
        long needed = 0;
        foreach (OutputShard shard in shards)
        {
            var file = new FileInfo(Path.Combine(work, shard.Name));
            needed += shard.Layout.Length - (file.Exists ? Math.Min(file.Length, shard.Layout.Length) : 0);
        }

        long free;
        try
        {
            free = new DriveInfo(work).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return; // The file system does not tell; a full disk shows when it is written to.
        }

        if (needed > free) throw new MergeException($"the output takes {needed / 1e9:0.0} GB more, but only {free / 1e9:0.0} GB are free at '{Path.GetDirectoryName(work)}'; free some, or write elsewhere.");
    }
}
