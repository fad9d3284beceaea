namespace Polymath.Reproductions;

/// <summary>What came out of a reproduction: tables, and the paper's sentences with what became of them.</summary>
public sealed record ReproductionReport
{
    /// <summary>Short name of the system.</summary>
    public string Slug { get; init; } = string.Empty;

    /// <summary>Its name in full.</summary>
    public string Title { get; init; } = string.Empty;

    /// <summary>The command that makes this report again.</summary>
    public string Command { get; init; } = string.Empty;

    /// <summary>Whether this was the short run.</summary>
    public bool Quick { get; init; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>What was measured.</summary>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>What the paper says, and whether it held.</summary>
    public IReadOnlyList<ReproductionAssertion> Assertions { get; init; } = [];

    /// <summary>Where and why this differs from the paper.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The charts.</summary>
    public IReadOnlyList<ReportPicture> Pictures { get; init; } = [];

    /// <summary>Whether everything that is required holds.</summary>
    public bool Holds => Assertions.All(assertion => assertion.Holds || !assertion.Required);

    /// <summary>"all 7 claims hold"; "what is required holds, 2 of 3 other claims do not at this scale"; "1 of 4 required claims does not hold".</summary>
    public string Summary
    {
        get
        {
            int all = Assertions.Count, required = Assertions.Count(assertion => assertion.Required), missing = Assertions.Count(assertion => !assertion.Holds && !assertion.Required), failed = Assertions.Count(assertion => !assertion.Holds && assertion.Required);
            if (failed > 0) return $"{failed} of {required} required claims {(failed == 1 ? "does" : "do")} not hold";
            return missing > 0 ? $"what is required holds, {missing} of {all - required} other claims {(missing == 1 ? "does" : "do")} not at this scale" : all == 1 ? "its one claim holds" : $"all {all} claims hold";
        }
    }

    /// <summary>The report as JSON.</summary>
    public string ToJson() => ReproductionJson.Write(this);

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">Not such a report; the field is named.</exception>
    public static ReproductionReport FromJson(string json) => ReproductionJson.Read(json);

    /// <summary>The report as a section of a page in Markdown.</summary>
    /// <param name="level">Level of the section's heading, 1 to 5.</param>
    public string ToMarkdown(int level = 1) => ReproductionMarkdown.Write(this, level);
}
