using System.Text.Json.Nodes;
using Polymath.Merging.Configuration;

namespace Polymath.Merging.Tokenizers;

/// <summary>Makes the vocabulary of a merged model.</summary>
public static class OutputVocabulary
{
    /// <summary>One model's vocabulary, without tokens that have no embedding.</summary>
    /// <param name="source">The vocabulary.</param>
    /// <param name="rows">Rows of the model's embedding.</param>
    public static Vocabulary Of(Vocabulary source, long rows)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new(source.Ids.Where(entry => entry.Value < rows), source.Added.Where(entry => source.Ids[entry.Key] < rows));
    }

    /// <summary>
    /// The union of all: the first vocabulary as it is, then the tokens of the others that it lacks in their order, then their added tokens (the
    /// settings of the first model that has one count). New tokens follow the largest id.
    /// </summary>
    /// <param name="vocabularies">The base's first, then the models'.</param>
    /// <param name="rows">Rows of each model's embedding.</param>
    public static Vocabulary Union(IReadOnlyList<Vocabulary> vocabularies, IReadOnlyList<long> rows)
    {
        ArgumentNullException.ThrowIfNull(vocabularies);
        Vocabulary first = Of(vocabularies[0], rows[0]);
        var ids = new Dictionary<string, int>(first.Ids, StringComparer.Ordinal);
        var added = new Dictionary<string, JsonObject>(first.Added, StringComparer.Ordinal);
        int next = ids.Count == 0 ? 0 : ids.Values.Max() + 1;
        HashSet<string> everAdded = [.. vocabularies.SelectMany(vocabulary => vocabulary.Added.Keys)];
        foreach (bool extra in (bool[])[false, true])
        {
            for (int i = 1; i < vocabularies.Count; i++)
            {
                foreach ((string token, int id) in vocabularies[i].Ids.OrderBy(entry => entry.Value))
                {
                    if (id >= rows[i] || everAdded.Contains(token) != extra || ids.ContainsKey(token)) continue;
                    if (extra) added[token] = With(vocabularies.Select(vocabulary => vocabulary.Added.GetValueOrDefault(token)).First(settings => settings is not null)!, next);
                    ids.Add(token, next++);
                }
            }
        }

        return new(ids, added);
    }

    /// <summary>The same vocabulary with the configured tokens that it lacks, as added tokens.</summary>
    public static Vocabulary With(Vocabulary vocabulary, IEnumerable<TokenEntry> tokens)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentNullException.ThrowIfNull(tokens);
        var ids = new Dictionary<string, int>(vocabulary.Ids, StringComparer.Ordinal);
        var added = new Dictionary<string, JsonObject>(vocabulary.Added, StringComparer.Ordinal);
        int next = ids.Count == 0 ? 0 : ids.Values.Max() + 1;
        foreach (TokenEntry entry in tokens.Where(entry => !ids.ContainsKey(entry.Token)))
        {
            added[entry.Token] = Vocabulary.Settings(entry.Token, next);
            ids.Add(entry.Token, next++);
        }

        return new(ids, added);
    }

    private static JsonObject With(JsonObject settings, int id)
    {
        var copy = (JsonObject)settings.DeepClone();
        copy["id"] = id;
        return copy;
    }
}
