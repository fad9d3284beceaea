using System.Text.Json;
using Polymath.Data.Runs;

namespace Polymath.Boosting;

/// <summary>The finished fits of a search, one line each; see <see cref="Journal"/>.</summary>
internal sealed class SearchJournal : IDisposable
{
    private readonly Journal _journal;
    private readonly Dictionary<(string Point, int Fold), FoldScore> _finished = [];

    /// <summary>Opens or begins a journal.</summary>
    /// <exception cref="BoostingException">It is of another search, or a line is damaged.</exception>
    public SearchJournal(string path, string fingerprint)
    {
        try
        {
            _journal = new Journal(path, "search", fingerprint, "other data or another grid", Read);
        }
        catch (RunException exception)
        {
            throw new BoostingException(exception.Message, exception);
        }
    }

    /// <summary>The score of a fit that is already finished.</summary>
    public bool TryGet(GridPoint point, int fold, out FoldScore score) => _finished.TryGetValue((point.Name, fold), out score);

    /// <summary>Adds a finished fit.</summary>
    public void Add(FoldScore score) => _journal.Add(json =>
    {
        json.WriteString("point", score.Point);
        json.WriteNumber("fold", score.Fold);
        Journal.WriteNumber(json, "loss", score.Loss);
        Journal.WriteNumber(json, "score", score.Score);
    });

    /// <inheritdoc/>
    public void Dispose() => _journal.Dispose();

    /// <summary>Whether a file holds a finished fit.</summary>
    public static bool HasFits(string path) => Journal.HasPieces(path);

    private void Read(JsonElement line)
    {
        var score = new FoldScore(line.GetProperty("point").GetString()!, line.GetProperty("fold").GetInt32(), Journal.ReadNumber(line.GetProperty("loss")), Journal.ReadNumber(line.GetProperty("score")));
        _finished[(score.Point, score.Fold)] = score;
    }
}
