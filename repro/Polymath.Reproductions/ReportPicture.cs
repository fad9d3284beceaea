namespace Polymath.Reproductions;

/// <summary>A chart that belongs to a report.</summary>
/// <param name="File">Its file name in the folder <c>pictures</c> beside the report.</param>
/// <param name="Caption">What it shows, in a sentence.</param>
public sealed record ReportPicture(string File, string Caption);
