using Polymath.Merging.Configuration;

namespace Polymath.Merging.Planning;

/// <summary>Which tensors belong to the modules of a configuration: those whose names begin with the module's name or with what its role is usually called.</summary>
internal static class ModulePart
{
    private static readonly Dictionary<string, string[]> Prefixes = new(StringComparer.Ordinal)
    {
        ["text_decoder"] = ["language_model.", "model.language_model.", "text_model."],
        ["text_encoder"] = ["text_model.", "text_encoder."],
        ["vision_tower"] = ["vision_tower.", "model.vision_tower.", "vision_model.", "visual.", "model.visual."],
        ["vision_encoder"] = ["vision_model.", "vision_tower.", "model.vision_tower.", "visual.", "model.visual."],
        ["multi_modal_projector"] = ["multi_modal_projector.", "model.multi_modal_projector.", "mm_projector.", "model.mm_projector."],
    };

    /// <summary>The module of a tensor; null when it belongs to none.</summary>
    /// <param name="modules">The modules; one of the name <c>*</c> or <c>default</c> takes what no other does.</param>
    /// <param name="tensor">The tensor's name.</param>
    public static ModuleEntry? Of(IReadOnlyList<ModuleEntry> modules, string tensor)
        => modules.FirstOrDefault(module => PrefixesOf(module.Name).Any(prefix => tensor.StartsWith(prefix, StringComparison.Ordinal))) ?? modules.FirstOrDefault(module => module.Name is "*" or "default");

    private static IEnumerable<string> PrefixesOf(string name) => Prefixes.GetValueOrDefault(name, []).Concat([$"{name}.", $"model.{name}."]);
}
