namespace Polymath.Tests;

/// <summary>What every refusal has to be.</summary>
internal static class Refusal
{
    /// <summary>Exit code 2, one line on standard error that names what it must, nothing on standard output, and the folder unchanged.</summary>
    public static Answer Of(TemporaryFolder folder, string[] mentions, params string[] arguments)
    {
        string before = folder.Snapshot();
        Answer answer = CommandLine.Run(arguments);
        IsOne(answer, mentions);
        Assert.Equal(before, folder.Snapshot());
        return answer;
    }

    /// <summary>As <see cref="Of"/>, for an answer already given.</summary>
    public static void IsOne(Answer answer, params string[] mentions)
    {
        Assert.True(answer.Code == 2, $"exit code {answer.Code}\n{answer.Error}");
        Assert.StartsWith("error: ", answer.Error, StringComparison.Ordinal);
        Assert.True(answer.Error.Count(c => c == '\n') == 1 && answer.Error.EndsWith('\n'), answer.Error);
        Assert.Empty(answer.Output);
        foreach (string mention in mentions) Assert.Contains(mention, answer.Error, StringComparison.Ordinal);
    }
}
