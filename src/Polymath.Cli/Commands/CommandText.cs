namespace Polymath.Cli;

/// <summary>A command line as text that a shell reads back, without passwords.</summary>
internal static class CommandText
{
    public static string Of(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(argument => Quote(WithoutPassword(argument))).Prepend("polymath"));

    // postgres://user:password@host/... in any argument.
    private static string WithoutPassword(string argument)
    {
        int scheme = argument.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0) return argument;
        int start = scheme + 3, end = argument.IndexOfAny(['/', '#', '?'], start);
        int at = argument.LastIndexOf('@', (end < 0 ? argument.Length : end) - 1);
        return at < start ? argument : string.Concat(argument.AsSpan(0, start), "...", argument.AsSpan(at));
    }

    private static string Quote(string argument)
        => argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '=' or ',' or '+' or '%' or '@')
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
