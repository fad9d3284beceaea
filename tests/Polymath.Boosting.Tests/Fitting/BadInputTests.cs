namespace Polymath.Boosting.Tests;

/// <summary>Bad input is one clear sentence that says what was found and what was expected.</summary>
public sealed class BadInputTests
{
    private static readonly string[] s_tasks = ["a", "a", "b", "b"];
    private static readonly FeatureMatrix s_features = new([1, 2, 3, 4], 1);
    private static readonly BoostingOptions s_paper = BoostingOptions.RobustMultiTask(2, 2, 2).Paper();

    public static TheoryData<string, Action> Cases => new()
    {
        { "every block has 0 iterations, expected at least one iteration in one of them.", () => _ = new MultiTaskBooster(BoostingOptions.RobustMultiTask(0, 0, 0)) },
        { "LearningRate: found 0, expected a number above 0.", () => _ = new MultiTaskBooster(s_paper with { LearningRate = 0 }) },
        { "RowSample: found 1.5, expected above 0 and at most 1.", () => _ = new MultiTaskBooster(s_paper with { RowSample = 1.5 }) },
        { "SharedIterations: found -1, expected 0 or more.", () => _ = new MultiTaskBooster(s_paper with { SharedIterations = -1 }) },
        { "found 3 labels for 4 rows, expected 1 per row.", () => BoostingData.Regression(s_features, [1, 2, 3]) },
        { "found 3 task numbers for 4 rows, expected one per row.", () => BoostingData.Regression(s_features, [1, 2, 3, 4], ["a", "a", "b"]) },
        { "found 2 weights for 4 rows, expected one per row.", () => BoostingData.Regression(s_features, [1, 2, 3, 4], s_tasks, [1, 1]) },
        { "row 2: found the weight -1, expected a finite number of 0 or more.", () => BoostingData.Regression(s_features, [1, 2, 3, 4], s_tasks, [1, -1, 1, 1]) },
        { $"target 'y', row 3: found {float.PositiveInfinity}, expected a finite number, or NaN for missing.", () => BoostingData.Regression(s_features, [1, 2, float.PositiveInfinity, 4]) },
        { "target 'y', row 2: found 2, expected a class code in [0, 2), or NaN for missing.", () => BoostingData.Classification(s_features, [1, 2, 0, 1], 2) },
        { "target 'y' has 1 class, expected at least two.", () => BoostingData.Classification(s_features, [0, 0, 0, 0], 1) },
        { $"feature 'x0', row 2: found {float.NegativeInfinity}, expected a finite number or NaN for missing.", () => _ = new FeatureMatrix([1, float.NegativeInfinity], 1) },
        { "found 5 feature values, expected a multiple of the 2 columns.", () => _ = new FeatureMatrix([1, 2, 3, 4, 5], 2) },
        { "target 'y' is '1' in every training row, expected at least two classes.", () => Fit(s_paper, BoostingData.Classification(s_features, [1, 1, 1, 1], 2, s_tasks)) },
        { "target 'y' has no label in the training rows, expected at least one.", () => Fit(s_paper, BoostingData.Regression(s_features, [float.NaN, float.NaN, float.NaN, float.NaN], s_tasks)) },
        { "target 'y' has no label in the training rows with weight, expected at least one.", () => Fit(s_paper, BoostingData.Regression(s_features, [1, 2, 3, 4], s_tasks, [0, 0, 0, 0])) },
        { "there are no training rows, expected at least one.", () => Fit(s_paper, Rows().Take([])) },
        { "the robust block mixes its ensembles per task, found no tasks of rows; name a task column, or set its iterations to 0.", () => Fit(s_paper, BoostingData.Regression(s_features, [1, 2, 3, 4])) },
        { "the task is to be a feature, found no tasks of rows; name a task column.", () => Fit(BoostingOptions.TaskFeature(2).Paper(), BoostingData.Regression(s_features, [1, 2, 3, 4])) },
        { "found 3 initial values of theta, expected one for each of the 2 tasks.", () => Fit(s_paper with { InitialTheta = [0, 0, 0] }, Rows()) },
        { "the initial theta of task 'b' is NaN, expected a finite number.", () => Fit(s_paper with { InitialTheta = [0, double.NaN] }, Rows()) },
        { "feature 'x0' is missing in a row, and the exact learner takes complete numbers only; use the histogram learner.", () => Fit(s_paper, BoostingData.Regression(new FeatureMatrix([1, float.NaN, 3, 4], 1), [1, 2, 3, 4], s_tasks)) },
        { "the monotone feature 'x1' does not exist; did you mean 'x0'?", () => Fit(s_paper with { Monotone = new Dictionary<string, int> { ["x1"] = 1 } }, Rows()) },
        { "'x0' is to be monotone, and the exact learner knows no such constraint; use the histogram learner.", () => Fit(s_paper with { Monotone = new Dictionary<string, int> { ["x0"] = 1 } }, Rows()) },
        { "'x0' is to be monotone and trees have 2 outputs, expected one: a single target that is a number, a count or two classes with the logistic loss.", () => Fit(BoostingOptions.Pooled(2) with { Loss = "softmax", Monotone = new Dictionary<string, int> { ["x0"] = 1 } }, BoostingData.Classification(s_features, [0, 1, 0, 1], 2)) },
        { "Patience is 3, found no validation rows, expected some to say when to stop.", () => Fit(s_paper with { Patience = 3 }, Rows()) },
        { "validation rows belong to the task 'c', which has no training rows.", () => Fit(s_paper, Rows(), BoostingData.Regression(s_features, [1, 2, 3, 4], ["a", "b", "c", "a"])) },
        { "only one of the training and the validation rows belong to tasks, expected both or neither.", () => Fit(s_paper, Rows(), BoostingData.Regression(s_features, [1, 2, 3, 4])) },
        { "the feature columns of the validation rows are not those of the training rows, expected the same names and kinds in the same order.", () => Fit(s_paper, Rows(), BoostingData.Regression(new FeatureMatrix([1, 2, 3, 4], 2), [1, 2], ["a", "b"])) },
        { "the targets of the validation rows are not those of the training rows, expected the same names, kinds and classes.", () => Fit(s_paper, Rows(), BoostingData.Classification(s_features, [0, 1, 0, 1], 2, s_tasks)) },
        { "target 'y' is regression, found the loss logistic for binary targets; choose another or leave it out.", () => Fit(s_paper with { Loss = "logistic" }, Rows()) },
        { "row 2: task 'c' was not in training; known: a, b.", () => Fit(s_paper, Rows()).Predict(s_features, ["a", "c", "b", "b"]) },
        { "the model's rows belong to tasks, found no task numbers; pass the task of each row.", () => Fit(s_paper, Rows()).Predict(s_features) },
        { "row 1: found task number 2, expected a number in [0, 2), or -1 for an unknown task.", () => Fit(s_paper, Rows()).Predict(s_features, [2, 0, 0, 0]) },
        { "found 2 feature columns, expected the 1 of training.", () => Fit(s_paper, Rows()).StagedPredict(new FeatureMatrix([1, 2], 2), [0]) },
        { "the model has no tasks of rows, found task labels.", () => Fit(BoostingOptions.Pooled(1).Paper(), BoostingData.Regression(s_features, [1, 2, 3, 4])).Predict(s_features, s_tasks) },
        { "there is no label to measure the importance of features by, expected at least one.", () => PermutationImportance.Of(Fit(s_paper, Rows()), BoostingData.Regression(s_features, [float.NaN, float.NaN, float.NaN, float.NaN], s_tasks)) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void One_sentence_says_what_was_found_and_what_was_expected(string expected, Action action) => Assert.Equal(expected, Assert.Throws<BoostingException>(action).Message);

    private static BoostingData Rows() => BoostingData.Regression(s_features, [1, 2, 3, 4], s_tasks);

    private static BoostedModel Fit(BoostingOptions options, BoostingData train, BoostingData? validation = null) => new MultiTaskBooster(options).Fit(train, validation);
}
