using System.Xml;
using System.Xml.Linq;
using Polymath.Learning.Reporting;

namespace Polymath.Tests.Reporting;

public sealed class HtmlReportTests
{
    private static readonly XNamespace Html = "http://www.w3.org/1999/xhtml", Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Samples => [.. SampleReports.All.Keys];

    [Theory]
    [MemberData(nameof(Samples))]
    public void The_page_is_well_formed_and_every_id_is_unique(string sample)
    {
        XDocument page = Parse(SampleReports.All[sample]());
        string[] ids = [.. page.Descendants().Select(element => element.Attribute("id")?.Value).OfType<string>()];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Single(page.Descendants(Html + "h1"));
        Assert.NotEmpty(page.Descendants(Html + "p").Single(element => (string?)element.Attribute("id") == "verdict").Value);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_chart_is_an_image_with_a_title_a_description_and_finite_coordinates(string sample)
    {
        foreach (XElement chart in Charts(Parse(SampleReports.All[sample]())))
        {
            Assert.Equal(("chart", "img"), ((string?)chart.Attribute("class"), (string?)chart.Attribute("role")));
            Assert.NotEmpty(chart.Element(Svg + "title")!.Value);
            Assert.NotEmpty(chart.Element(Svg + "desc")!.Value);
            foreach (string value in chart.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "x" or "y" or "x1" or "y1" or "x2" or "y2" or "cx" or "cy" or "width" or "height" or "points" or "fill-opacity").SelectMany(attribute => attribute.Value.Split(' ', ',')))
                Assert.True(double.IsFinite(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)) && Math.Abs(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)) < 5000, value);
            Assert.DoesNotContain(chart.DescendantsAndSelf().Attributes(), attribute => attribute.Name.LocalName is "fill" or "stroke" or "style"); // colours live in the style sheet
        }
    }

    [Theory]
    [InlineData("two-tasks", 2)]
    [InlineData("seven-tasks", 7)]
    [InlineData("forty-tasks", 12)]
    [InlineData("two-hundred-tasks", 12)]
    [InlineData("one-epoch", 3)]
    public void A_full_report_has_every_chart(string sample, int curves)
    {
        string[] ids = [.. Charts(Parse(SampleReports.All[sample]())).Select(chart => (string)chart.Attribute("id")!)];
        Assert.Contains("chart-gain", ids);
        Assert.Contains("chart-conflict", ids);
        Assert.Contains("chart-weights", ids);
        Assert.Equal(curves, ids.Count(id => id.StartsWith("chart-curve-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("no-baseline", "No gain can be drawn", "gradients were not recorded", "No balancer weights")]
    [InlineData("missing-pieces", "No gain can be drawn", "No history was recorded", "No balancer weights")]
    [InlineData("nothing", "The report holds no tasks", "No history was recorded", "No balancer weights")]
    public void What_is_missing_is_said(string sample, params string[] sentences)
    {
        string text = Parse(SampleReports.All[sample]()).Root!.Value;
        Assert.All(sentences, sentence => Assert.Contains(sentence, text, StringComparison.Ordinal));
        Assert.Contains("No single-task baseline was trained, so this report cannot say whether sharing helped.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Epochs_are_counted_from_one()
    {
        RunReport report = SampleReports.All["two-tasks"]();
        XDocument page = Parse(report with { Tasks = [.. report.Tasks.Select(task => task with { HigherIsBetter = true })], History = [.. Enumerable.Range(0, 5).Select(epoch => new EpochReport(epoch, [1, 1], [epoch == 2 ? 0.9 : 0.8, 0.8], [1, 1]))], BestEpoch = 4 });
        Assert.Contains("The dashed line is epoch 5, whose weights were kept.", page.Root!.Value, StringComparison.Ordinal);
        XElement curve = Charts(page).Single(chart => (string?)chart.Attribute("id") == "chart-curve-0");
        Assert.EndsWith("is best 0.9000 (epoch 3).", curve.Element(Svg + "desc")!.Value, StringComparison.Ordinal);
        foreach (string chart in (string[])["chart-curve-0", "chart-weights"])
        {
            string[] labels = [.. Charts(page).Single(found => (string?)found.Attribute("id") == chart).Elements(Svg + "text").Where(text => (string?)text.Attribute("class") == "tick").Select(text => text.Value)];
            Assert.Contains("5", labels);
            Assert.DoesNotContain("0", labels.TakeLast(5));
        }
    }

    [Fact]
    public void A_report_without_a_difference_is_no_warning()
    {
        RunReport report = SampleReports.All["two-tasks"]();
        XElement verdict = Parse(report with { Tasks = [.. report.Tasks.Select(task => task with { GainPercent = 0.1, GainSpread = 0.2, NegativeTransfer = false })] }).Descendants(Html + "p").Single(element => (string?)element.Attribute("id") == "verdict");
        Assert.Equal(("verdict nodifference", "No difference"), ((string?)verdict.Attribute("class"), verdict.Element(Html + "strong")!.Value));
    }

    [Fact]
    public void Hostile_text_stays_text()
    {
        XDocument page = Parse(SampleReports.All["hostile"]());
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName == "script");
        Assert.Contains("</svg><script>alert('x')</script> & \"quoted\" \ufffd \ufffd", page.Descendants(Html + "h1").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_needs_no_other_file()
    {
        XDocument page = Parse(SampleReports.All["seven-tasks"]());
        Assert.DoesNotContain(page.Descendants(), element => element.Name.LocalName is "script" or "link" or "img" or "iframe");
        Assert.DoesNotContain("url(", page.Descendants(Html + "style").Single().Value, StringComparison.Ordinal);
    }

    [Fact]
    public void The_heat_map_of_few_tasks_shows_its_values()
    {
        XElement chart = Charts(Parse(SampleReports.All["seven-tasks"]())).Single(element => (string?)element.Attribute("id") == "chart-conflict");
        Assert.Equal(7 * 6, chart.Elements(Svg + "text").Count(text => ((string?)text.Attribute("class"))!.StartsWith("cellvalue", StringComparison.Ordinal)));
    }

    [Fact]
    public void Two_hundred_tasks_stay_a_page_of_moderate_size()
    {
        var writer = new StringWriter();
        HtmlReport.Write(SampleReports.All["two-hundred-tasks"](), writer);
        Assert.InRange(writer.ToString().Length, 10_000, 600_000);
    }

    private static IEnumerable<XElement> Charts(XDocument page) => page.Descendants(Svg + "svg");

    private static XDocument Parse(RunReport report)
    {
        var writer = new StringWriter();
        HtmlReport.Write(report, writer);
        using XmlReader reader = XmlReader.Create(new StringReader(writer.ToString()), new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore });
        return XDocument.Load(reader);
    }
}
