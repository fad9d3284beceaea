using System.Text.RegularExpressions;

namespace Polymath.Data.Runs;

/// <summary>Addresses of tables as they may be written to files and shown to people: a password is never kept.</summary>
public static partial class SourceAddress
{
    /// <summary>
    /// The address, or a text that holds addresses, without passwords: neither <c>user:password@</c> nor <c>?password=...</c>. What is left
    /// still connects when PGPASSWORD or the password file of PostgreSQL supplies the password.
    /// </summary>
    public static string WithoutPassword(string text) => Setting().Replace(Credentials().Replace(text, "$1@"), string.Empty);

    /// <summary>What a run on this table is called: the table's name, or the file's without its endings.</summary>
    public static string NameOf(string source)
    {
        string[] parts = WithoutPassword(source).Split('#', 2);
        if (parts.Length == 2 && parts[1].Length > 0 && !parts[1].Any(char.IsWhiteSpace)) return parts[1];
        string location = parts[0].Split('?')[0], name = Path.GetFileName(location[(location.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? name[..dot] : name;
    }

    [GeneratedRegex(@"(?<=postgres(?:ql)?://)([^:/?#@]*):[^/?#]*@", RegexOptions.IgnoreCase)]
    private static partial Regex Credentials();

    // The key may be percent-encoded ("ssl%20password").
    [GeneratedRegex(@"(?<=postgres(?:ql)?://[^#]*[?&])[^=&#]*(?:pass|pwd|psw)[^=&#]*=[^&#]*&?", RegexOptions.IgnoreCase)]
    private static partial Regex Setting();
}
