using Polymath.Data;

namespace Polymath.Tests;

/// <summary>Checks that an error is one sentence that says all it should.</summary>
internal static class Expect
{
    public static TableException Sentence(Action action, params string[] parts)
    {
        TableException error = Assert.ThrowsAny<TableException>(action);
        foreach (string part in parts) Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        Assert.True(error.Message.EndsWith('.') || error.Message.EndsWith('?'), $"not a sentence: {error.Message}");
        return error;
    }
}
