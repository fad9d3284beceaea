using Polymath.Boosting;
using Polymath.Data;
using Polymath.Tensors;

namespace Polymath.Tests;

public sealed class GridSearchTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("polymath-search-").FullName;
    private static readonly BoostingOptions s_paper = BoostingOptions.RobustMultiTask(4, 3, 5).Paper();
    private static readonly GridPoint[] s_grid = [.. new[] { 1, 5, 20 }.Select(n => new GridPoint($"task={n}", s_paper with { TaskIterations = n }))];

    private string Journal => Path.Combine(_folder, "search.jsonl");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_point_is_judged_by_rows_that_had_no_part_in_its_fit()
    {
        BoostingData data = Data();
        SearchResult result = new GridSearch(s_grid, folds: 3, seed: 7, metric: "rmse").Run(data, cancellation: Token);
        Split[] splits = Splits.KFold(data.Rows, 3, 7, data.TaskOfRow!);
        for (int fold = 0; fold < 3; fold++)
        {
            BoostedModel model = new MultiTaskBooster(s_grid[1].Options).Fit(data.Take(splits[fold].Train), cancellation: Token);
            BoostingData held = data.Take(splits[fold].Test);
            double[] predicted = model.Predict(held.Features, held.TaskOfRow);
            double squares = predicted.Select((value, row) => Math.Pow(value - held.Labels[row], 2)).Average();
            Assert.Equal(squares, result.Points[1].Folds[fold].Loss, 1e-9 * squares);
            Assert.Equal(Math.Sqrt(squares), result.Points[1].Folds[fold].Score, 1e-5);
        }

        Assert.Equal(result.Points[1].Folds.Average(fold => fold.Score), result.Points[1].Mean, 12);
        Assert.Equal(result.Points.MinBy(point => point.Mean)!.Point, result.Best.Point);
        Assert.False(result.HigherIsBetter);
    }

    [Fact]
    public void More_is_better_for_a_metric_that_says_so()
    {
        SearchResult result = new GridSearch(s_grid, folds: 3, metric: "r2").Run(Data(), cancellation: Token);
        Assert.True(result.HigherIsBetter);
        Assert.Equal(result.Points.MaxBy(point => point.Mean)!.Point, result.Best.Point);
    }

    [Fact]
    public void The_first_of_equal_points_is_best()
    {
        GridPoint[] same = [new GridPoint("first", s_paper), new GridPoint("second", s_paper)];
        Assert.Equal("first", new GridSearch(same, folds: 2).Run(Data(), cancellation: Token).Best.Point.Name);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void A_search_stopped_after_any_fit_goes_on_to_the_same_bytes_and_repeats_none(int finished)
    {
        BoostingData data = Data();
        var search = new GridSearch(s_grid, folds: 3);
        SearchResult whole = search.Run(data, Journal, cancellation: Token);
        byte[] expected = File.ReadAllBytes(Journal);
        File.Delete(Journal);
        using (var stop = new CancellationTokenSource())
        {
            Assert.ThrowsAny<OperationCanceledException>(() => search.Run(data, Journal, progress => Stop(progress, stop), stop.Token));
        }

        int begun = 0;
        SearchResult resumed = search.Run(data, Journal, progress => begun += progress.Fit is { Done: 1 } ? 1 : 0, Token);
        Assert.Equal(9 - finished, begun);
        Assert.Equal(expected, File.ReadAllBytes(Journal));
        Assert.Equal(whole.Points.Select(point => point.Mean), resumed.Points.Select(point => point.Mean));

        void Stop(SearchProgress progress, CancellationTokenSource stop)
        {
            if (progress.Done == finished && progress.Fit is not null) stop.Cancel();
        }
    }

    [Fact]
    public void A_journal_cut_off_within_a_line_loses_that_fit_only()
    {
        BoostingData data = Data();
        var search = new GridSearch(s_grid, folds: 3);
        search.Run(data, Journal, cancellation: Token);
        byte[] whole = File.ReadAllBytes(Journal);
        int[] ends = [.. Enumerable.Range(0, whole.Length).Where(i => whole[i] == '\n')];
        foreach (int length in (int[])[0, 5, ends[0] + 1, ends[3] - 2, ends[3] + 1, whole.Length - 1])
        {
            File.WriteAllBytes(Journal, whole[..length]);
            search.Run(data, Journal, cancellation: Token);
            Assert.Equal(whole, File.ReadAllBytes(Journal));
        }
    }

    [Fact]
    public void A_journal_of_another_search_is_refused()
    {
        BoostingData data = Data();
        new GridSearch(s_grid, folds: 3).Run(data, Journal, cancellation: Token);
        byte[] before = File.ReadAllBytes(Journal);
        Refused(() => new GridSearch(s_grid, folds: 4).Run(data, Journal, cancellation: Token), "another grid");
        Refused(() => new GridSearch(s_grid[..2], folds: 3).Run(data, Journal, cancellation: Token), "another grid");
        Refused(() => new GridSearch(s_grid, folds: 3).Run(Data(seed: 2), Journal, cancellation: Token), "other data");
        Assert.Equal(before, File.ReadAllBytes(Journal));
        File.AppendAllText(Journal, "{\n");
        Refused(() => new GridSearch(s_grid, folds: 3).Run(data, Journal, cancellation: Token), "damaged");
    }

    [Fact]
    public void What_cannot_be_searched_is_said()
    {
        Refused(() => new GridSearch([]), "at least one point");
        Refused(() => new GridSearch(s_grid, folds: 1), "found 1, expected 2 or more");
        Refused(() => new GridSearch([s_grid[0], s_grid[0]]), "twice");
        Refused(() => new GridSearch([new GridPoint("bad", s_paper with { LearningRate = 0 })]), "'bad'", "LearningRate");
        Refused(() => new GridSearch(s_grid, metric: "rmsee").Run(Data(), cancellation: Token), "did you mean 'rmse'?");
        Refused(() => new GridSearch(s_grid, metric: "auc").Run(Data(), cancellation: Token), "has no metric 'auc'");
        Refused(() => new GridSearch(s_grid, folds: 1000).Run(Data(), cancellation: Token), "1000");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Refused(Func<object> action, params string[] parts)
    {
        string message = Assert.Throws<BoostingException>(action).Message;
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }

    private static BoostingData Data(ulong seed = 1)
    {
        const int Rows = 90;
        var random = new RandomStream(seed).Derive("search");
        float[] x = new float[2 * Rows], y = new float[Rows];
        string[] tasks = [.. Enumerable.Range(0, Rows).Select(row => $"task {row % 3}")];
        for (int i = 0; i < x.Length; i++) x[i] = (float)random.NextNormalDouble();
        for (int row = 0; row < Rows; row++) y[row] = (x[2 * row] > 0 ? 2 : -1) + (row % 3) + (0.3f * x[(2 * row) + 1]);
        return BoostingData.Regression(new FeatureMatrix(x, 2), y, tasks);
    }
}
