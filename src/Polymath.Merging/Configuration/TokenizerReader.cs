using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Polymath.Merging.Configuration;

/// <summary>Reads what a configuration says about the tokenizer and the chat template.</summary>
internal static class TokenizerReader
{
    private const int ShortestTemplate = 20;

    /// <summary>Names of chat templates that need no text.</summary>
    public static IReadOnlyList<string> TemplateNames { get; } = ["auto", "alpaca", "chatml", "llama3", "mistral", "exaone"];

    /// <summary>The settings of <c>tokenizer_source</c> or <c>tokenizer</c>; null when neither is given.</summary>
    public static TokenizerSettings? Read(YamlMap map, YamlDocumentContext context)
    {
        YamlNode? source = map["tokenizer_source"], tokenizer = map["tokenizer"];
        if (source is not null && tokenizer is not null) throw context.Error(tokenizer, "found both tokenizer_source and tokenizer, expected one of them");
        if (source is not null) return new(SourceText(source, context), [], null, source.Start.Line);
        if (tokenizer is null) return null;
        var settings = new YamlMap(tokenizer, "the tokenizer", context);
        settings.WarnOfOtherKeysThan("source", "tokens", "pad_to_multiple_of");
        int? multiple = settings.Integer("pad_to_multiple_of");
        if (multiple < 1) throw context.Error(settings["pad_to_multiple_of"]!, $"pad_to_multiple_of is {multiple}, expected 1 or more");
        return new(settings["source"] is { } node ? SourceText(node, context) : TokenizerSettings.Union, settings["tokens"] is { } tokens ? Tokens(tokens, context) : [], multiple, tokenizer.Start.Line);
    }

    /// <summary>The chat template; null when none is given.</summary>
    public static string? ChatTemplate(YamlMap map, YamlDocumentContext context)
    {
        string? text = map.Text("chat_template");
        if (text is null || TemplateNames.Contains(text)) return text;
        if (text.Length < ShortestTemplate || !text.Contains('{', StringComparison.Ordinal))
            throw context.Error(map["chat_template"]!, $"chat_template '{text}' is neither a known name nor a Jinja template{Data.Suggestion.Tail(text, [.. TemplateNames])}");
        return text;
    }

    private static string SourceText(YamlNode node, YamlDocumentContext context)
        => node is YamlScalarNode { Value: TokenizerSettings.Union or TokenizerSettings.Base } scalar ? scalar.Value : MergeConfigurationReader.Reference(node, context).ToString();

    private static TokenEntry[] Tokens(YamlNode node, YamlDocumentContext context)
    {
        var all = new YamlMap(node, "the tokens", context);
        return [.. all.Keys.Select(token =>
        {
            if (all[token] is not { } entry) return new TokenEntry(token, null, false, all.LineOf(token));
            var map = new YamlMap(entry, $"token '{token}'", context);
            map.WarnOfOtherKeysThan("source", "force");
            object force = map["force"] is YamlScalarNode flag ? ParameterReader.Scalar(flag) : false;
            return new TokenEntry(token, map["source"] is { } source ? Source(token, source, context) : null, force is bool value ? value : throw context.Error(map["force"]!, $"'force' of token '{token}' is '{force}', expected true or false"), all.LineOf(token));
        })];
    }

    private static TokenSource Source(string token, YamlNode node, YamlDocumentContext context)
    {
        if (node is YamlScalarNode) return new(TokenSourceKind.Model, MergeConfigurationReader.Reference(node, context));
        var map = new YamlMap(node, $"the source of token '{token}'", context);
        string? kind = map.Text("kind");
        switch (kind)
        {
            case "zero":
                map.WarnOfOtherKeysThan("kind");
                return new(TokenSourceKind.Zero);
            case "model_token":
                map.WarnOfOtherKeysThan("kind", "model", "token", "token_id");
                string? other = map.Text("token");
                int? id = map.Integer("token_id");
                if (other is null == id is null) throw context.Error(node, $"the source of token '{token}' has {(id is null ? "neither token nor" : "both token and")} token_id, expected exactly one of them");
                return new(TokenSourceKind.ModelToken, MergeConfigurationReader.Reference(map["model"] ?? throw context.Error(node, $"the source of token '{token}' has no 'model'"), context), other, id);
            case null when map["model"] is not null || map["path"] is not null:
                return new(TokenSourceKind.Model, MergeConfigurationReader.Reference(node, context));
            default:
                throw context.Error(node, string.Create(CultureInfo.InvariantCulture, $"the source of token '{token}' has the kind '{kind}', expected a model, model_token or zero"));
        }
    }
}
