using System.Diagnostics;
using Polymath.Tensors;
using Polymath.Tests.Safetensors;

namespace Polymath.Tests.Storage;

public sealed class AtomicFileTests
{
    private const string Text = "new content";

    [Fact]
    public void A_failure_leaves_the_old_content_and_no_temporary_file()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.WriteText(folder["file"], writer =>
        {
            writer.Write(Text);
            throw new InvalidDataException();
        }));
        Assert.Equal("old", File.ReadAllText(folder["file"]));
        Assert.Single(Entries(folder));
    }

    [Fact]
    public void A_link_stays_a_link_and_what_it_leads_to_is_replaced()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need privileges on Windows");
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["kept"]);
        File.WriteAllText(folder["kept/file"], "old");
        File.CreateSymbolicLink(folder["inner"], "kept/file");
        File.CreateSymbolicLink(folder["outer"], "inner");
        Write(folder["outer"]);
        Assert.Equal(Text, File.ReadAllText(folder["kept/file"]));
        Assert.Equal(("inner", "kept/file"), (new FileInfo(folder["outer"]).LinkTarget, new FileInfo(folder["inner"]).LinkTarget));
        Assert.Single(Directory.EnumerateFileSystemEntries(folder["kept"]));
    }

    [Fact]
    public void A_link_to_nothing_yet_makes_the_file_and_a_circle_is_refused()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("links need privileges on Windows");
        using var folder = new TemporaryFolder();
        File.CreateSymbolicLink(folder["link"], "later");
        Write(folder["link"]);
        Assert.Equal(Text, File.ReadAllText(folder["later"]));
        File.CreateSymbolicLink(folder["a"], "b");
        File.CreateSymbolicLink(folder["b"], "a");
        Assert.StartsWith($"{folder["a"]}: cannot be written", Assert.Throws<IOException>(() => Write(folder["a"])).Message, StringComparison.Ordinal);
        Assert.Equal("b", new FileInfo(folder["a"]).LinkTarget);
    }

    [Fact]
    public async Task A_pipe_receives_the_content()
    {
        if (!Run("mkfifo", "--version")) Assert.Skip("needs mkfifo");
        using var folder = new TemporaryFolder();
        Assert.True(Run("mkfifo", folder["pipe"]));
        Task<string> reader = Task.Run(() => File.ReadAllText(folder["pipe"]));
        Write(folder["pipe"]);
        Assert.Equal(Text, await reader);
        Assert.Equal([folder["pipe"]], Entries(folder));
        Assert.True(Run("test", "-p", folder["pipe"]));
    }

    // A node of its own: what is wrong with the code would otherwise destroy the machine's.
    [Theory]
    [InlineData("3", null)]
    [InlineData("7", "No space left")]
    public void A_device_is_written_to_and_stays_a_device(string minor, string? refusal)
    {
        using var folder = new TemporaryFolder();
        string device = folder["device"];
        if (OperatingSystem.IsWindows() || !Run("mknod", device, "c", "1", minor) || !CanOpen(device)) Assert.Skip("making a device needs privileges that this process does not have");
        if (refusal is null) Write(device);
        else Assert.StartsWith($"{device}: cannot be written ({refusal}", Assert.Throws<IOException>(() => Write(device)).Message, StringComparison.Ordinal);
        Assert.True(Run("test", "-c", device));
        Assert.Equal([device], Entries(folder));
    }

    [Fact]
    public void An_empty_file_is_replaced_like_any_other()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], string.Empty);
        Assert.Throws<InvalidDataException>(() => AtomicFile.WriteText(folder["file"], writer =>
        {
            writer.Write(new string('x', 1 << 20));
            throw new InvalidDataException();
        }));
        Assert.Equal(0, new FileInfo(folder["file"]).Length);
        Write(folder["file"]);
        Assert.Equal(Text, File.ReadAllText(folder["file"]));
    }

    [Fact]
    public void A_missing_folder_is_named_and_so_is_a_file_in_its_place()
    {
        using var folder = new TemporaryFolder();
        string missing = folder["sub/dir"], path = Path.Combine(missing, "file");
        Assert.Equal($"{path}: cannot be written ({missing}: no such folder).", Assert.Throws<DirectoryNotFoundException>(() => Write(path)).Message);
        File.WriteAllText(folder["sub"], "mine");
        Assert.Equal($"{path}: cannot be written ({folder["sub"]}: is a file, expected a folder).", Assert.Throws<DirectoryNotFoundException>(() => Write(path)).Message);
        Assert.Single(Entries(folder));
    }

    [Fact]
    public void Failures_of_other_files_are_passed_on_as_they_are()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<FileNotFoundException>(() => AtomicFile.Write(folder["file"], _ => File.ReadAllText(folder["other"])));
        Assert.Empty(Entries(folder));
    }

    private static void Write(string path) => AtomicFile.WriteText(path, writer => writer.Write(Text));

    private static string[] Entries(TemporaryFolder folder) => Directory.GetFileSystemEntries(Path.GetDirectoryName(folder["x"])!);

    private static bool CanOpen(string device)
    {
        try
        {
            using FileStream stream = new(device, FileMode.Open, FileAccess.Write);
            return true;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // A file system mounted without devices.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
