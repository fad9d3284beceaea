using Polymath.Data.Runs;

namespace Polymath.Tests;

public sealed class RunFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("data: x.csv\n", "train")]
    [InlineData("kind: boost\ndata: x.csv\n", "boost")]
    public void An_unfinished_run_without_an_encoder_says_how_to_go_on(string settings, string command)
    {
        _folder.Write("config.yaml", settings);
        var files = new RunFiles(_folder.Root);
        Directory.CreateDirectory(files.Checkpoints);
        Assert.EndsWith($"not finished; continue with polymath {command} --resume {_folder.Root}", Refused(files), StringComparison.Ordinal);
        Directory.Delete(files.Checkpoints);
        Assert.Contains("damaged", Refused(files), StringComparison.Ordinal);
    }

    private static string Refused(RunFiles files) => Assert.Throws<RunException>(files.ReadEncoder).Message;
}
