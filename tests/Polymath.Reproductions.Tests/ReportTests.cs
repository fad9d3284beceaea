using Polymath.Reproductions;

namespace Polymath.Tests;

/// <summary>Reports as JSON, as Markdown, and the spread over seeds.</summary>
public sealed class ReportTests
{
    private static readonly ReproductionReport s_report = new()
    {
        Slug = "example",
        Title = "An example",
        Command = "polymath repro example --quick",
        Quick = true,
        Seconds = 12.5,
        Tables =
        [
            new ReportTable("Accuracy, two seeds", ["method", "accuracy", "count"],
            [
                (ReportCell[])["baseline", ReportCell.Over([0.5, 0.7], reference: 0.62), ReportCell.Number(3, decimals: 0)],
                (ReportCell[])["a|b", ReportCell.Only(0.9), "failed"],
            ]),
        ],
        Assertions = [new ReproductionAssertion("the system wins", true, "0.70"), new ReproductionAssertion("by far", false, "0.01", Required: false)],
        Notes = ["A note."],
        Pictures = [new ReportPicture("example.svg", "What is seen")],
    };

    [Fact]
    public void A_report_survives_JSON()
    {
        ReproductionReport back = ReproductionReport.FromJson(s_report.ToJson());
        Assert.Equal(s_report.ToJson(), back.ToJson());
        Assert.Equal((s_report.Slug, s_report.Title, s_report.Command, s_report.Quick, s_report.Seconds), (back.Slug, back.Title, back.Command, back.Quick, back.Seconds));
        Assert.Equal(s_report.Assertions, back.Assertions);
        Assert.Equal(s_report.Notes, back.Notes);
        Assert.Equal(s_report.Pictures, back.Pictures);
        Assert.Equal(s_report.Tables[0].Columns, back.Tables[0].Columns);
        Assert.Equal(s_report.Tables[0].Rows.SelectMany(row => row), back.Tables[0].Rows.SelectMany(row => row));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"version\":1}")]
    [InlineData("not JSON")]
    public void What_is_not_a_report_is_a_format_error(string json) => Assert.Throws<FormatException>(() => ReproductionReport.FromJson(json));

    [Fact]
    public void A_damaged_report_is_a_format_error()
    {
        string json = s_report.ToJson();
        Assert.Throws<FormatException>(() => ReproductionReport.FromJson(json.Replace("\"version\": 1", "\"version\": 9", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => ReproductionReport.FromJson(json.Replace("\"count\"", "\"count\", \"more\"", StringComparison.Ordinal)));
        Assert.Throws<FormatException>(() => ReproductionReport.FromJson(json.Replace("\"holds\": true", "\"holds\": \"yes\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_spread_is_the_mean_and_the_sample_deviation()
    {
        var spread = Spread.Of(1, 2, 3, 4);
        Assert.Equal(2.5, spread.Mean);
        Assert.Equal(Math.Sqrt(5.0 / 3), spread.Deviation, 1e-15);
        Assert.Equal(4, spread.Seeds);
        Assert.Equal("2.50 ± 1.29", spread.Text(2));
        Assert.True(double.IsNaN(Spread.Of(7).Deviation));
        Assert.Equal("7.0", Spread.Of(7).Text(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Spread.Of());
    }

    [Fact]
    public void Cells_show_the_reference_in_brackets_and_no_negative_zero()
    {
        Assert.Equal("0.60 ± 0.14 (0.62)", ReportCell.Over([0.5, 0.7], 0.62).ToString());
        Assert.Equal("- (0.90)", ReportCell.Only(0.9).ToString());
        Assert.Equal("0.00", ReportCell.Number(-0.001).ToString());
        Assert.Equal("-0.01", ReportCell.Number(-0.01).ToString());
        Assert.Equal("-", ReportCell.Number(double.NaN).ToString());
        Assert.Equal("text", ((ReportCell)"text").ToString());
    }

    [Fact]
    public void Required_claims_decide_and_the_others_are_told()
    {
        Assert.True(s_report.Holds);
        Assert.Equal("what is required holds, 1 of 1 other claims does not at this scale", s_report.Summary);
        Assert.Equal("does not hold at this scale", s_report.Assertions[1].Verdict);
        ReproductionReport failed = s_report with { Assertions = [new ReproductionAssertion("it works", false, "no")] };
        Assert.False(failed.Holds);
        Assert.Equal("does not hold", failed.Assertions[0].Verdict);
        Assert.Equal("1 of 1 required claims does not hold", failed.Summary);
        Assert.Equal("its one claim holds", (s_report with { Assertions = [s_report.Assertions[0]] }).Summary);
    }

    [Fact]
    public void The_page_has_the_tables_the_claims_and_the_pictures()
    {
        string page = s_report.ToMarkdown(2);
        Assert.StartsWith("## An example\n", page, StringComparison.Ordinal);
        Assert.Contains("`polymath repro example --quick`", page, StringComparison.Ordinal);
        Assert.Contains("| method | accuracy | count |\n| --- | ---: | ---: |\n| baseline | 0.60 ± 0.14 (0.62) | 3 |\n| a\\|b | - (0.90) | failed |\n", page, StringComparison.Ordinal);
        Assert.Contains("| the system wins | 0.70 | holds |", page, StringComparison.Ordinal);
        Assert.Contains("![What is seen](pictures/example.svg)", page, StringComparison.Ordinal);
        Assert.Contains("\n- A note.\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', page);
    }
}
