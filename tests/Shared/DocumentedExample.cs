namespace Polymath.Tests;

/// <summary>An example of the documentation that a test compiles: its source stands between two marks in the test's file, and in the document word for word.</summary>
internal static class DocumentedExample
{
    private const string Begin = "        // begin example", End = "        // end example";

    /// <summary>Fails unless the first C# block of a document is the file's usings and the code between its marks.</summary>
    /// <param name="document">Path of the document from the root.</param>
    /// <param name="source">Path of the test's file from the root.</param>
    public static void RequireSame(string document, string source)
    {
        string[] code = File.ReadAllLines(FromRoot(source));
        string[] usings = [.. code.TakeWhile(line => line.StartsWith("using ", StringComparison.Ordinal))];
        string[] body = [.. code.SkipWhile(line => line != Begin).Skip(1).TakeWhile(line => line != End).Select(line => line.Length == 0 ? line : line[8..])];
        Assert.NotEmpty(body);
        Assert.Equal([.. usings, string.Empty, .. body], Block(document, "```csharp"));
    }

    /// <summary>The lines of the first fenced block of a document that opens with a fence, from a line on.</summary>
    /// <param name="document">Path of the document from the root.</param>
    /// <param name="fence">The opening line.</param>
    /// <param name="after">A line that stands before it; null for the top.</param>
    public static string[] Block(string document, string fence, string? after = null)
        => [.. File.ReadAllLines(FromRoot(document)).SkipWhile(line => after is not null && line != after).SkipWhile(line => line != fence).Skip(1).TakeWhile(line => line != "```")];

    /// <summary>Full path of a file of the project.</summary>
    /// <param name="path">Its path from the root.</param>
    public static string FromRoot(string path)
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Polymath.slnx"))) root = Path.GetDirectoryName(root)!;
        return Path.Combine(root, path);
    }
}
