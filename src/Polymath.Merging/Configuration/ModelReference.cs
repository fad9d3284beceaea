namespace Polymath.Merging.Configuration;

/// <summary>A model that a configuration names: a path or hub name, with an optional revision and an optional adapter on top.</summary>
/// <param name="Model">The model's path or hub name and revision.</param>
/// <param name="Lora">The adapter that is applied to the model, or null.</param>
/// <param name="OverrideArchitecture">An architecture name that replaces the one in the model's config.json, or null.</param>
/// <example><code>
/// ModelReference.Parse("org/model@v1+./adapter").Lora!.Path   // "./adapter"
/// </code></example>
public sealed record ModelReference(ModelPath Model, ModelPath? Lora = null, string? OverrideArchitecture = null)
{
    /// <summary>Reads <c>path[@revision][+adapter[@revision]]</c>.</summary>
    /// <param name="text">The reference.</param>
    /// <exception cref="MergeException">More than one '+' or '@', or an empty part.</exception>
    public static ModelReference Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('+');
        if (parts.Length > 2) throw new MergeException($"model '{text}' has {parts.Length - 1} '+', expected at most one (path+adapter); for a path that contains '+' write model: {{model: {{path: ...}}}}.");
        return new(ModelPath.Parse(parts[0]), parts.Length == 2 ? ModelPath.Parse(parts[1]) : null);
    }

    /// <inheritdoc/>
    public override string ToString() => Lora is null ? Model.ToString() : $"{Model}+{Lora}";
}
