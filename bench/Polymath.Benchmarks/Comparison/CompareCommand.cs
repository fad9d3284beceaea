namespace Polymath.Benchmarks.Comparison;

/// <summary>The <c>compare</c> command behind <c>bench/run</c>: chooses cases, tells about them, publishes the figures.</summary>
internal static class CompareCommand
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "docs", "results");

    public static int Run(string[] arguments)
    {
        if (arguments.Contains("--help")) return Done(ComparisonOptions.Usage);
        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            return Fail($"{exception.Message}\n{ComparisonOptions.Usage}");
        }

        ResultFile? older = ResultFile.Load(Path.Combine(s_folder, "performance.json"));
        if (options.Page) return older is null ? Fail("there is no performance.json, expected one from an earlier run.") : Publish(older);
        Case[] cases = [.. CaseTable.Cases.Where(options.Selects)];
        if (cases.Length == 0) return Fail($"no case begins with {string.Join(" or ", options.Prefixes)}; bench/run --list prints all names.");
        if (options.List) return Done(string.Join('\n', cases.Select(item => item.Name)));
        foreach (Case item in cases.Where(item => item.Unavailable is not null)) Console.WriteLine($"{item.Name}: skipped, {item.Unavailable}");
        return Measure([.. cases.Where(item => item.Unavailable is null)], options, older);
    }

    private static int Measure(Case[] cases, ComparisonOptions options, ResultFile? older)
    {
        ResultFile? file = null;
        try
        {
            ComparisonRun.Measure(cases, options, measured =>
            {
                file = measured;
                Console.WriteLine(Report.Line(file.Rows[^1]));

                // After every case, so that an interrupted run keeps what it has.
                if (!options.Quick) Publish(Merge(file, older));
            });
        }
        catch (InvalidOperationException exception)
        {
            return Fail(exception.Message);
        }

        if (file is null) return Fail("there is nothing to measure.");
        Print(file);
        if (options.Quick) return Done("A quick run leaves docs/results as it is.");
        if (older is not null && older.Machine != file.Machine) Console.WriteLine("The older figures come from another machine or other versions and are dropped.");
        return Done("Written: docs/results/performance.md and performance.json.");
    }

    private static ResultFile Merge(ResultFile file, ResultFile? older) => older?.Machine == file.Machine ? file.Over(older!, CaseTable.PositionOf) : file;

    private static void Print(ResultFile file)
    {
        Console.WriteLine();
        if (file.Peaks.Count > 0) Console.WriteLine(Report.Limits(file));
        foreach (CaseGroup group in CaseTable.Groups)
        {
            if (Report.Of(group, file) is { } table) Console.WriteLine($"{group.Title}\n\n{table}");
        }

        Console.WriteLine(Report.Summary(file));
    }

    private static int Publish(ResultFile file)
    {
        file.Save(Path.Combine(s_folder, "performance.json"));
        File.WriteAllText(Path.Combine(s_folder, "performance.md"), ResultPage.Write(file, new Explanations(Path.Combine(Repository.Root, "bench", "explanations.md"))));
        return 0;
    }

    private static int Done(string sentence)
    {
        Console.WriteLine(sentence);
        return 0;
    }

    private static int Fail(string sentence)
    {
        Console.Error.WriteLine($"bench/run: {sentence}");
        return 2;
    }
}
