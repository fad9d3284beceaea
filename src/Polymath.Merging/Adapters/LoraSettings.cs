using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Polymath.Merging.Checkpoints;

namespace Polymath.Merging.Adapters;

/// <summary>What an adapter_config.json says about the scale and layout of its factors.</summary>
internal sealed class LoraSettings
{
    private readonly string _path;
    private readonly JsonObject _config;
    private readonly double? _alpha;

    private LoraSettings(string path, JsonObject config)
    {
        (_path, _config) = (path, config);
        _alpha = JsonFile.NumberOf(config["lora_alpha"]);
    }

    /// <summary>Whether adapted weights are stored <c>[in, out]</c>.</summary>
    public bool FanInFanOut => JsonFile.FlagOf(_config["fan_in_fan_out"]) ?? false;

    /// <summary>Reads a file.</summary>
    /// <exception cref="MergeException">It is no adapter, or one of a kind other than LoRA.</exception>
    public static LoraSettings Read(string path)
    {
        JsonObject config = JsonFile.Read(path);
        string kind = JsonFile.TextOf(config["peft_type"]) ?? "LORA";
        if (!kind.Equals("LORA", StringComparison.OrdinalIgnoreCase)) throw new MergeException($"{path}: the adapter is of the kind '{kind}', expected LORA.");
        if (JsonFile.FlagOf(config["use_dora"]) == true) throw new MergeException($"{path}: the adapter uses DoRA, whose magnitudes depend on the whole weight; apply it to its model first.");
        return new(path, config);
    }

    /// <summary>What B A is multiplied by for a module: alpha / r, or alpha / sqrt(r) for rank-stabilised adapters.</summary>
    /// <param name="module">The module's name in its model.</param>
    /// <param name="rank">The rank of its factors.</param>
    public double ScaleOf(string module, long rank)
    {
        double? alpha = _alpha;
        foreach ((string pattern, JsonNode? value) in _config["alpha_pattern"] as JsonObject ?? [])
        {
            if (!Matches(pattern, module)) continue;
            alpha = JsonFile.NumberOf(value);
            break;
        }

        if (alpha is null) throw new MergeException($"{_path}: there is no number 'lora_alpha' for module '{module}'.");
        return alpha.Value / (JsonFile.FlagOf(_config["use_rslora"]) == true ? Math.Sqrt(rank) : rank);
    }

    private bool Matches(string pattern, string module)
    {
        try
        {
            return Regex.IsMatch(module, $"^(.*\\.)?({pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            throw new MergeException($"{_path}: the pattern '{pattern}' cannot be matched ({exception.Message.TrimEnd('.')}).", exception);
        }
    }
}
