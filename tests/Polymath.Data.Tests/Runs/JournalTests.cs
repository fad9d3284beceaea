using Polymath.Data.Runs;

namespace Polymath.Tests;

public sealed class JournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Lines_come_back_in_order_and_a_torn_one_is_dropped()
    {
        string path = _folder.PathOf("j.jsonl");
        Assert.False(Journal.HasPieces(path));
        Write(path, 1, 2);
        Assert.True(Journal.HasPieces(path));
        string whole = File.ReadAllText(path);
        File.AppendAllText(path, "{\"number\":3");
        Assert.Equal([1, 2], Read(path));
        Assert.Equal(whole, File.ReadAllText(path));
        Write(path, 4);
        Assert.Equal([1, 2, 4], Read(path));
    }

    [Fact]
    public void A_torn_first_line_begins_anew()
    {
        string path = _folder.Write("j.jsonl", "{\"search\":\"some");
        Write(path, 7);
        Assert.Equal([7], Read(path));
    }

    [Fact]
    public void Other_work_and_damage_are_refused_and_the_file_is_left_as_it_was()
    {
        string path = _folder.PathOf("j.jsonl");
        Write(path, 1);
        File.AppendAllText(path, "{\"number\":2");
        string before = File.ReadAllText(path);
        RunException other = Assert.Throws<RunException>(() => new Journal(path, "search", "another", "other data", _ => { }));
        Assert.Equal($"{path}: belongs to a search of other data; begin again in a new folder.", other.Message);
        Assert.Equal(before, File.ReadAllText(path));
        foreach ((string text, string mention) in new[] { ("{\"search\":\"print\"}\nnonsense\n", "line 2"), ("{}\n", "line 1"), ("name,value\n", "line 1"), ("name", "something else") })
        {
            File.WriteAllText(path, text);
            Assert.Contains(mention, Assert.Throws<RunException>(() => Read(path)).Message, StringComparison.Ordinal);
            Assert.Equal(text, File.ReadAllText(path));
        }
    }

    private static void Write(string path, params int[] numbers)
    {
        using var journal = new Journal(path, "search", "print", "other data", _ => { });
        foreach (int number in numbers) journal.Add(json => json.WriteNumber("number", number));
    }

    private static List<int> Read(string path)
    {
        var found = new List<int>();
        using var journal = new Journal(path, "search", "print", "other data", line => found.Add(line.GetProperty("number").GetInt32()));
        return found;
    }
}
