using Polymath.Merging.Configuration;

namespace Polymath.Merging.Planning;

/// <summary>
/// Finds the files of a model that a configuration names: an absolute path, a path relative to a folder, a stage of the same merge, or a hub
/// name in the local Hugging Face cache. Nothing is downloaded.
/// </summary>
/// <example><code>
/// var locator = new ModelLocator("models");
/// string folder = locator.Locate(ModelPath.Parse("org/model"));
/// </code></example>
public sealed class ModelLocator
{
    private readonly string _folder;
    private readonly Dictionary<string, string> _known;

    /// <summary>A locator.</summary>
    /// <param name="folder">The folder of relative paths; the current one by default.</param>
    /// <param name="known">Paths of models that are known by name, such as stages.</param>
    public ModelLocator(string folder = ".", IEnumerable<KeyValuePair<string, string>>? known = null)
    {
        _folder = folder;
        _known = new(known ?? [], StringComparer.Ordinal);
    }

    /// <summary>The same locator that knows one more model by name.</summary>
    /// <param name="name">The name in the configuration.</param>
    /// <param name="path">Its folder.</param>
    public ModelLocator With(string name, string path) => new(_folder, _known.Append(new(name, path)));

    /// <summary>The folder or file of a model.</summary>
    /// <param name="model">What the configuration names.</param>
    /// <exception cref="MergeException">It is nowhere.</exception>
    public string Locate(ModelPath model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (_known.TryGetValue(model.Path, out string? known)) return known;
        string local = Path.Combine(_folder, model.Path);
        if (Directory.Exists(local) || File.Exists(local)) return local;
        string snapshots = Path.Combine(CacheFolder(), $"models--{model.Path.Replace("/", "--", StringComparison.Ordinal)}");
        string reference = Path.Combine(snapshots, "refs", model.Revision ?? "main");
        string revision = File.Exists(reference) ? File.ReadAllText(reference).Trim() : model.Revision ?? string.Empty;
        string snapshot = Path.Combine(snapshots, "snapshots", revision);
        if (revision.Length > 0 && Directory.Exists(snapshot)) return snapshot;
        throw new MergeException($"model '{model}' is not found: there is neither a folder or file '{local}' nor a copy in the Hugging Face cache; download it first.");
    }

    private static string CacheFolder()
    {
        string? hub = Environment.GetEnvironmentVariable("HF_HUB_CACHE"), home = Environment.GetEnvironmentVariable("HF_HOME");
        if (!string.IsNullOrEmpty(hub)) return hub;
        if (string.IsNullOrEmpty(home)) home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "huggingface");
        return Path.Combine(home, "hub");
    }
}
