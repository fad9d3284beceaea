using Polymath.Learning.Reporting;

namespace Polymath.Cli;

/// <summary>How a model uses its experts.</summary>
internal static class ExpertInspection
{
    public static void Write(ExpertReport report, Terminal terminal, bool json)
    {
        if (json)
        {
            JsonText.Write(terminal.Output, report.WriteJson);
            return;
        }

        terminal.Output.WriteLine($"experts on {TextTable.Count(report.Rows)} rows");
        terminal.Output.WriteLine();
        terminal.Output.Write(report.ToString());
    }
}
