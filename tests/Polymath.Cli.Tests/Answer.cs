namespace Polymath.Tests;

/// <summary>What the tool answered.</summary>
internal sealed record Answer(int Code, string Output, string Error);
