using System.Globalization;
using System.Text;

namespace Polymath.Tests;

/// <summary>A folder of its own for one test, removed afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Directory.CreateDirectory(Path);

    public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"polymath-cli-{Guid.NewGuid():N}");

    /// <summary>A path in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return this[name];
    }

    /// <summary>A small table: numbers a and b, a category c; targets yes (binary), amount (regression) and kind (three classes) that follow from them.</summary>
    public string WriteTable(string name = "data.csv", int rows = 200, Action<List<string[]>>? change = null)
    {
        var table = new List<string[]> { new[] { "a", "b", "c", "yes", "amount", "kind" } };
        for (int row = 0; row < rows; row++)
        {
            double a = ((row * 37) % 101) / 50.0 - 1, b = ((row * 53) % 89) / 44.0 - 1;
            string c = (row % 3) switch { 0 => "red", 1 => "green", _ => "blue" };
            double amount = (2 * a) - b + (row % 3);
            table.Add([Text(a), Text(b), c, a + b > 0 ? "1" : "0", Text(amount), amount < 0 ? "low" : amount < 1.5 ? "middle" : "high"]);
        }

        change?.Invoke(table);
        return Write(name, string.Join('\n', table.Select(cells => string.Join(',', cells))) + "\n");
    }

    /// <summary>Names and sizes of everything in the folder, to see that nothing was left behind or changed.</summary>
    public string Snapshot()
    {
        var text = new StringBuilder();
        foreach (string path in Directory.EnumerateFileSystemEntries(Path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            text.Append(System.IO.Path.GetRelativePath(Path, path)).Append(File.Exists(path) ? $" {new FileInfo(path).Length} {File.GetLastWriteTimeUtc(path).Ticks}" : "/").Append('\n');
        }

        return text.ToString();
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
