namespace Polymath.Reproductions.EmbeddingPosition;

/// <summary>A task of the text encoder: pairs to train on, and a score in [0, 1] of embeddings of unseen texts.</summary>
/// <param name="Name">For tables.</param>
/// <param name="Metric">What the score is.</param>
/// <param name="Train">Training pairs.</param>
/// <param name="Epochs">Passes of the expert's fine-tuning.</param>
/// <param name="Score">From an embedding function (normalised rows of 64) to the score.</param>
internal sealed record EmbeddingTask(string Name, string Metric, TextPairs Train, int Epochs, Func<Func<IReadOnlyList<int[]>, float[][]>, double> Score);
