using Polymath.Merging.Configuration;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Tokenizers;

/// <summary>
/// Says for every row of the output's embedding, and every model, where the row comes from: the model's own row of the token, or, where the model
/// lacks it, a row of another model, the mean over the models that have it, or zeros.
/// </summary>
/// <remarks>
/// A missing token that only one model has takes that model's row; else the base's row where the base has it; else the mean over the models that have
/// it; zeros where none has it. A configured source replaces this rule, and with <c>force</c> the models' own rows too.
/// </remarks>
public sealed class TokenAlignment
{
    internal const int Zero = -1, Mean = -2, Padding = -3;

    private readonly IReadOnlyList<string> _models;
    private readonly IReadOnlyList<Vocabulary> _vocabularies;
    private readonly IReadOnlyList<long> _rows;
    private readonly List<string> _warnings = [];
    private readonly int[][] _own;
    private readonly (int Model, int Row)[] _missing;
    private readonly bool[] _forced;

    /// <summary>An alignment.</summary>
    /// <param name="models">The models' names, as token sources name them.</param>
    /// <param name="baseModel">The base's position in the models, or -1.</param>
    /// <param name="vocabularies">The models' vocabularies.</param>
    /// <param name="rows">Rows of each model's embedding; a token with a larger id counts as missing.</param>
    /// <param name="output">The output's vocabulary.</param>
    /// <param name="tokens">Settings of single tokens.</param>
    /// <param name="padToMultipleOf">The number of rows is rounded up to a multiple of this.</param>
    /// <exception cref="MergeException">A token's source does not exist.</exception>
    public TokenAlignment(IReadOnlyList<string> models, int baseModel, IReadOnlyList<Vocabulary> vocabularies, IReadOnlyList<long> rows, Vocabulary output, IReadOnlyList<TokenEntry> tokens, int? padToMultipleOf = null)
    {
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(tokens);
        (_models, _vocabularies, _rows, Output) = (models, vocabularies, rows, output);
        long multiple = padToMultipleOf ?? 1, tokensEnd = output.Ids.Count == 0 ? 0 : output.Ids.Values.Max() + 1L;
        Rows = (tokensEnd + multiple - 1) / multiple * multiple;
        _own = [.. models.Select(_ => Filled(-1))];
        _missing = new (int, int)[Rows];
        _forced = new bool[Rows];
        Array.Fill(_missing, (Padding, 0));
        Dictionary<string, TokenEntry> entries = tokens.ToDictionary(entry => entry.Token, StringComparer.Ordinal);
        var nowhere = new List<string>();
        foreach ((string token, int id) in output.Ids)
        {
            for (int m = 0; m < models.Count; m++) _own[m][id] = RowIn(m, token);
            TokenEntry? entry = entries.GetValueOrDefault(token);
            _forced[id] = entry?.Force ?? false;
            _missing[id] = entry?.Source is { } source ? Explicit(token, source) : Default(id, baseModel);
            if (_missing[id].Model == Zero && entry?.Source is null) nowhere.Add(token);
        }

        if (nowhere.Count > 0) _warnings.Add($"{nowhere.Count} token{(nowhere.Count == 1 ? " is" : "s are")} in no model, such as '{nowhere[0]}'; the embedding{(nowhere.Count == 1 ? " is" : "s are")} zero.");
    }

    /// <summary>The output's vocabulary.</summary>
    public Vocabulary Output { get; }

    /// <summary>Rows of the output's embedding.</summary>
    public long Rows { get; }

    /// <summary>What the author may not expect, a sentence each.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>Number of models.</summary>
    public int Models => _models.Count;

    /// <summary>A model's embedding with the rows of the output's vocabulary.</summary>
    /// <param name="model">Which model.</param>
    /// <param name="embeddings">The embeddings (or heads, or biases of heads) of all models, in their order.</param>
    /// <exception cref="MergeException">The embeddings have different numbers of columns.</exception>
    public AlignedEmbedding Align(int model, IReadOnlyList<SourceTensor> embeddings) => new(this, model, embeddings);

    /// <summary>Rows of a model's embedding.</summary>
    internal long RowsOf(int model) => _rows[model];

    /// <summary>Where a row of a model comes from.</summary>
    internal (int Model, int Row) SourceOf(int model, long row) => _own[model][row] >= 0 && !_forced[row] ? (model, _own[model][row]) : _missing[row];

    /// <summary>The models that have the token of a row, with their rows.</summary>
    internal IEnumerable<(int Model, int Row)> HoldersOf(long row) => Enumerable.Range(0, _own.Length).Where(model => _own[model][row] >= 0).Select(model => (model, _own[model][row]));

    private int[] Filled(int value)
    {
        int[] rows = new int[Rows];
        Array.Fill(rows, value);
        return rows;
    }

    private int RowIn(int model, string token) => _vocabularies[model].Ids.TryGetValue(token, out int id) && id < _rows[model] ? id : -1;

    private (int Model, int Row) Default(long row, int baseModel)
    {
        (int Model, int Row)[] holders = [.. HoldersOf(row)];
        if (holders.Length == 0) return (Zero, 0);
        if (holders.Length == 1) return holders[0];
        return baseModel >= 0 && _own[baseModel][row] >= 0 ? (baseModel, _own[baseModel][row]) : (Mean, 0);
    }

    private (int Model, int Row) Explicit(string token, TokenSource source)
    {
        if (source.Kind == TokenSourceKind.Zero) return (Zero, 0);
        int model = Enumerable.Range(0, _models.Count).FirstOrDefault(index => _models[index] == source.Model!.ToString(), -1);
        if (model < 0) throw new MergeException($"token '{token}' takes its embedding from model '{source.Model}', which is none of the merged models: {string.Join(", ", _models)}.");
        string wanted = source.Token ?? token;
        int row = source.TokenId ?? RowIn(model, wanted);
        if (row < 0 || row >= _rows[model])
            throw new MergeException($"token '{token}' takes the embedding of {(source.TokenId is { } id ? $"id {id}" : $"token '{wanted}'")} of model '{source.Model}', which has no such row.");
        return (model, row);
    }
}
