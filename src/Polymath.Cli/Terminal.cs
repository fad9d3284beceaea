using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Polymath.Cli;

/// <summary>The streams of one invocation: results go to <see cref="Output"/>, progress and messages to <see cref="Error"/>.</summary>
/// <param name="output">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="outputWidth">Columns of the terminal behind <paramref name="output"/>; 0 when it is a file or a pipe.</param>
/// <param name="errorWidth">Columns of the terminal behind <paramref name="error"/>; 0 when it is a file or a pipe.</param>
internal sealed class Terminal(TextWriter output, TextWriter error, int outputWidth = 0, int errorWidth = 0)
{
    private const int DefaultWidth = 80;

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; } = output;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>Width for plain text written to <see cref="Output"/>.</summary>
    public int TextWidth => outputWidth > 0 ? Math.Min(outputWidth, 100) : DefaultWidth;

    /// <summary>Whether somebody watches <see cref="Error"/>.</summary>
    public bool IsErrorLive => errorWidth > 0;

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess()
        => new(OpenOutput(), Console.Error, WidthUnless(Console.IsOutputRedirected), WidthUnless(Console.IsErrorRedirected));

    /// <summary>Width that tables on <see cref="Output"/> have to fit in; unlimited in a file.</summary>
    public int FitWidth => outputWidth > 0 ? outputWidth : int.MaxValue;

    // See https://no-color.org: any value that is not empty switches colours off.
    private static bool Colours => string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>Green or red on a terminal, plain elsewhere.</summary>
    public string Paint(string text, bool good) => outputWidth > 0 && Colours ? $"\u001b[{(good ? 32 : 31)}m{text}\u001b[0m" : text;

    /// <summary>For the live display on <see cref="Error"/>.</summary>
    public IAnsiConsole ErrorConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Error),
            Ansi = AnsiSupport.Yes,
            ColorSystem = Colours ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = errorWidth;
        return console;
    }

    private static int WidthUnless(bool redirected)
    {
        if (redirected || Environment.GetEnvironmentVariable("TERM") == "dumb") return 0;
        try
        {
            return Console.BufferWidth is > 0 and int width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }

    // The console stream of .NET swallows a broken pipe, so `polymath predict ... | head` would go on to the last row.
    private static TextWriter OpenOutput()
    {
        if (!Console.IsOutputRedirected || RuntimeInformation.IsOSPlatform(OSPlatform.Windows)) return Console.Out;
        var stream = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        if (stream.CanSeek) return Console.Out;
        return new StreamWriter(stream, new UTF8Encoding(false), 1 << 14) { NewLine = "\n" };
    }
}
