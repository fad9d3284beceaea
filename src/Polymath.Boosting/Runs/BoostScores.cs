using Polymath.Learning.Training;

namespace Polymath.Boosting.Runs;

/// <summary>How a model did on the rows held out.</summary>
/// <param name="Validation">By task on the validation rows; empty without any.</param>
/// <param name="Test">By task on the test rows; empty without any.</param>
internal sealed record BoostScores(TaskAnswers[] Validation, TaskAnswers[] Test)
{
    /// <summary>Answers on the rows that results are quoted from: test rows, else validation rows.</summary>
    public TaskAnswers[] Headline => Test.Length > 0 ? Test : Validation;

    /// <summary>The answers of a model.</summary>
    public static BoostScores Of(BoostedModel model, BoostData data) => new(
        data.Validation is null ? [] : TaskAnswers.Of(model, data.Tasks, data.Validation),
        data.Test is null ? [] : TaskAnswers.Of(model, data.Tasks, data.Test));

    /// <summary>The score of a task; null when there are no such rows.</summary>
    public static TaskScore? At(TaskAnswers[] answers, int task) => task < answers.Length ? answers[task].Score() : null;
}
