using Polymath.Merging.Architectures;
using Polymath.Merging.Configuration;
using Polymath.Merging.Planning;
using Polymath.Merging.Sources;

namespace Polymath.Merging.Tokenizers;

/// <summary>The vocabulary of a planned merge: the models' tokenizers, the output's, and the alignment of every embedding.</summary>
internal sealed class TokenizerPlan
{
    private readonly SourceModel[] _models;
    private readonly SourceModel _keeper;

    /// <summary>Reads the models' tokenizers and makes the output's vocabulary.</summary>
    /// <param name="configuration">The configuration; it has tokenizer settings.</param>
    /// <param name="models">All models of the merge.</param>
    /// <param name="leading">The base or the first model.</param>
    public TokenizerPlan(MergeConfiguration configuration, IEnumerable<SourceModel> models, SourceModel leading)
    {
        TokenizerSettings settings = configuration.Tokenizer!;
        string place = configuration.At(settings.Line);
        _models = [leading, .. models.Where(model => model != leading)];
        try
        {
            Vocabulary[] vocabularies = [.. _models.Select(model => Vocabulary.Read(model.Checkpoint.Folder ?? throw new MergeException($"model '{model.Name}' is a single file without a tokenizer, expected a folder.")))];
            long[] rows = [.. _models.Select(Rows)];
            int source = settings.Source is TokenizerSettings.Base or TokenizerSettings.Union ? 0 : Array.FindIndex(_models, model => model.Name == settings.Source);
            if (source < 0) throw new MergeException($"the tokenizer comes from model '{settings.Source}', which is none of the merged models: {string.Join(", ", _models.Select(model => model.Name))}.");
            _keeper = _models[source];
            Vocabulary output = OutputVocabulary.With(settings.Source == TokenizerSettings.Union ? OutputVocabulary.Union(vocabularies, rows) : OutputVocabulary.Of(vocabularies[source], rows[source]), settings.Tokens);
            Alignment = new TokenAlignment([.. _models.Select(model => model.Name)], configuration.BaseModel is null ? -1 : 0, vocabularies, rows, output, settings.Tokens, settings.PadToMultipleOf);
            // The same tokens: then the files can be copied as they are.
            IsUnchanged = output.Ids.Count == vocabularies[source].Ids.Count && output.Ids.All(entry => vocabularies[source].Ids.TryGetValue(entry.Key, out int id) && id == entry.Value);
        }
        catch (MergeException exception)
        {
            throw new MergeException($"{place}: {exception.Message}", exception);
        }
    }

    /// <summary>Where each row comes from.</summary>
    public TokenAlignment Alignment { get; }

    /// <summary>Whether the output's tokenizer is that of <see cref="Folder"/> as it is.</summary>
    public bool IsUnchanged { get; }

    /// <summary>The folder whose tokenizer the output's is made from.</summary>
    public string Folder => _keeper.Checkpoint.Folder!;

    /// <summary>The tokenizers' files.</summary>
    public IEnumerable<string> Files => _models.SelectMany(model => Vocabulary.FilesOf(model.Checkpoint.Folder!));

    /// <summary>The text of tokenizer.json.</summary>
    public string Tokenizer() => OutputTokenizer.Tokenizer(Folder, _models.Where(model => model != _keeper).Select(model => model.Checkpoint.Folder!), Alignment.Output);

    /// <summary>A model's tensor with the output's rows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">The tensor's name in the merge.</param>
    /// <param name="role">Embedding or head.</param>
    public SourceTensor Align(SourceModel model, string name, TensorRole role)
        => Alignment.Align(Array.IndexOf(_models, model), [.. _models.Select(other => other.FindOuter(name, role) ?? throw new MergeException($"tensor '{name}' is not in model '{other.Name}', so its tokens cannot be aligned."))]);

    private static long Rows(SourceModel model)
        => model.OuterNames.Where(entry => entry.Role == TensorRole.Embedding).Select(entry => model.FindOuter(entry.Name, entry.Role)!.Shape[0]).FirstOrDefault(-1) is >= 0 and var rows
            ? rows : throw new MergeException($"model '{model.Name}' has no token embedding that is known by its name, so its vocabulary cannot be aligned.");
}
