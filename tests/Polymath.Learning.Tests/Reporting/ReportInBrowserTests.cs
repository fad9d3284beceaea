using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Polymath.Learning.Reporting;

namespace Polymath.Tests.Reporting;

/// <summary>
/// Opens every sample report in headless Chromium, at the width of a phone and of a desktop, and measures what was drawn. All reports are frames of
/// one page, so that one browser start is enough.
/// </summary>
public sealed partial class ReportInBrowserTests
{
    private const string Probe = "polymath-probe";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private const string Script = """
        const measured = [];
        for (const frame of document.querySelectorAll('iframe')) {
          const doc = frame.contentDocument, charts = [];
          for (const svg of doc.querySelectorAll('svg.chart')) {
            const box = svg.getBoundingClientRect(), problems = [];
            const shapes = [...svg.querySelectorAll('line,rect,circle,polyline,polygon')];
            for (const shape of shapes) {
              const b = shape.getBBox();
              if (!(b.width > 0 || b.height > 0)) problems.push('no size: ' + shape.outerHTML);
              if (frame.contentWindow.getComputedStyle(shape).fill === 'none' && frame.contentWindow.getComputedStyle(shape).stroke === 'none') problems.push('no colour: ' + shape.outerHTML);
            }
            const texts = [...svg.querySelectorAll('text')].map(t => ({ text: t.firstChild ? t.firstChild.data : '', r: t.getBoundingClientRect() }));
            texts.forEach((a, i) => {
              if (!(a.r.width > 0)) problems.push('empty text');
              if (a.r.left < box.left - 1.5 || a.r.right > box.right + 1.5 || a.r.top < box.top - 1.5 || a.r.bottom > box.bottom + 1.5) problems.push('outside: ' + a.text);
              texts.slice(i + 1).forEach(b => {
                const w = Math.min(a.r.right, b.r.right) - Math.max(a.r.left, b.r.left), h = Math.min(a.r.bottom, b.r.bottom) - Math.max(a.r.top, b.r.top);
                if (w > 1 && h > 2) problems.push('overlap: ' + a.text + ' | ' + b.text);
              });
            });
            charts.push({ id: svg.id, width: box.width, height: box.height, shapes: shapes.length, problems });
          }
          measured.push({ name: frame.title, scripts: doc.scripts.length, overflow: doc.documentElement.scrollWidth - doc.documentElement.clientWidth, charts });
        }
        console.log('polymath-probe');
        const out = document.createElement('pre');
        out.id = 'measured';
        out.textContent = JSON.stringify(measured);
        document.body.replaceChildren(out);
        """;

    [Fact]
    public void Every_chart_is_drawn_without_overlaps_and_without_console_errors()
    {
        string browser = Environment.GetEnvironmentVariable("POLYMATH_CHROMIUM") is { Length: > 0 } named ? named : "/usr/bin/chromium";
        if (!File.Exists(browser)) Assert.Skip($"no browser found at {browser}: install chromium or set POLYMATH_CHROMIUM");
        string folder = Directory.CreateTempSubdirectory("polymath-report-").FullName;
        try
        {
            string page = Path.Combine(folder, "page.html");
            File.WriteAllText(page, Page(), new UTF8Encoding(false));
            (string dom, string log) = Load(browser, page, Path.Combine(folder, "profile"));
            string[] console = [.. log.Split('\n').Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))];
            Assert.Contains(console, line => line.Contains(Probe, StringComparison.Ordinal)); // or the log would show nothing at all
            Assert.DoesNotContain(console, line => !line.Contains(Probe, StringComparison.Ordinal));

            Match measured = Measured().Match(dom);
            Assert.True(measured.Success, "the page did not finish loading");
            using JsonDocument frames = JsonDocument.Parse(WebUtility.HtmlDecode(measured.Groups[1].Value));
            AssertDrawn(frames.RootElement);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertDrawn(JsonElement frames)
    {
        var problems = new List<string>();
        int charts = 0;
        foreach (JsonElement frame in frames.EnumerateArray())
        {
            string name = frame.GetProperty("name").GetString()!;
            if (frame.GetProperty("scripts").GetInt32() != 0) problems.Add($"{name}: a script got in");
            if (frame.GetProperty("overflow").GetDouble() > 0) problems.Add($"{name}: the page is wider than its window");
            foreach (JsonElement chart in frame.GetProperty("charts").EnumerateArray())
            {
                charts++;
                string id = $"{name} {chart.GetProperty("id").GetString()}";
                if (chart.GetProperty("shapes").GetInt32() == 0 || chart.GetProperty("width").GetDouble() < 100 || chart.GetProperty("height").GetDouble() < 40) problems.Add($"{id}: nothing drawn");
                problems.AddRange(chart.GetProperty("problems").EnumerateArray().Select(problem => $"{id}: {problem.GetString()}"));
            }
        }

        Assert.True(problems.Count == 0, string.Join('\n', problems.Take(40)));
        Assert.True(charts > 50);
        Assert.Equal(2 * SampleReports.All.Count, frames.GetArrayLength());
    }

    private static string Page()
    {
        var page = new StringBuilder("<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>reports</title></head><body>\n");
        foreach ((string name, Func<RunReport> make) in SampleReports.All)
        {
            var report = new StringWriter();
            HtmlReport.Write(make(), report);
            foreach (int width in (ReadOnlySpan<int>)[360, 1400])
                page.Append($"<iframe title=\"{name}-{width}\" style=\"border:0;width:{width}px;height:900px\" srcdoc=\"").Append(WebUtility.HtmlEncode(report.ToString())).Append("\"></iframe>\n");
        }

        return page.Append("<script>addEventListener('load', () => {").Append(Script).Append("});</script></body></html>").ToString();
    }

    private static (string Dom, string Log) Load(string browser, string page, string profile)
    {
        var start = new ProcessStartInfo(browser) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (string argument in (ReadOnlySpan<string>)
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", $"--user-data-dir={profile}", "--enable-logging=stderr", "--window-size=1500,1000", "--virtual-time-budget=20000", "--dump-dom", new Uri(page).AbsoluteUri,
        ])
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> dom = process.StandardOutput.ReadToEndAsync(), log = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"the browser did not finish in {Patience.TotalSeconds} s");
        }

        return (dom.Result, log.Result);
    }

    [GeneratedRegex("<pre id=\"measured\">(.*?)</pre>", RegexOptions.Singleline)]
    private static partial Regex Measured();
}
