namespace Polymath.Cli;

/// <summary>Tells a reader that went away (<c>| head</c>), which is no mistake of anybody.</summary>
internal static class BrokenPipe
{
    private const int Unix = 32, Windows = unchecked((int)0x8007006D), WindowsClosing = unchecked((int)0x800700E8);

    public static bool Is(Exception exception) => exception is IOException { HResult: Unix or Windows or WindowsClosing };
}
