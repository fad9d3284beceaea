using System.Globalization;

namespace Polymath.Benchmarks.Comparison;

/// <summary>What <c>bench/run</c> was asked for.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>How bench/run is called.</summary>
    public const string Usage = """
        usage: bench/run [--quick] [--threads 1,2] [--rounds 9] [--python PATH] [--list] [CASE-PREFIX...]
          CASE-PREFIX   only cases whose name begins so, such as gemm or jacobian/batch=1024/K=2; their rows of the results are replaced
          --quick       3 rounds and short warm-ups; prints the table and leaves docs/results as it is
          --threads     numbers of threads, each measured in turn (1,2)
          --rounds      samples of each side, 3 or more (9)
          --python      the interpreter with numpy, torch and pandas (/usr/bin/python3)
          --list        prints the names of the cases
          --page        measures nothing and writes docs/results/performance.md anew from performance.json
        """;

    public bool Quick { get; init; }

    public bool List { get; init; }

    public bool Page { get; init; }

    public IReadOnlyList<int> Threads { get; init; } = [1, 2];

    public int Rounds { get; init; } = 9;

    public string Python { get; init; } = "/usr/bin/python3";

    public IReadOnlyList<string> Prefixes { get; init; } = [];

    /// <summary>Seconds that both sides warm up.</summary>
    public double WarmUp => Quick ? 0.2 : 0.5;

    /// <summary>Whether a case was asked for.</summary>
    public bool Selects(Case item) => Prefixes.Count == 0 || Prefixes.Any(prefix => item.Name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">Something is not as in <see cref="Usage"/>; the message says what.</exception>
    public static ComparisonOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new ComparisonOptions();
        bool roundsGiven = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            switch (argument)
            {
                case "--quick": options = options with { Quick = true }; break;
                case "--list": options = options with { List = true }; break;
                case "--page": options = options with { Page = true }; break;
                case "--threads": options = options with { Threads = [.. Value(arguments, ref i).Split(',').Select(text => Number(text, argument, 1))] }; break;
                case "--rounds": (options, roundsGiven) = (options with { Rounds = Number(Value(arguments, ref i), argument, 3) }, true); break;
                case "--python": options = options with { Python = Value(arguments, ref i) }; break;
                default:
                    if (argument.StartsWith('-')) throw new FormatException($"there is no option {argument}.");
                    options = options with { Prefixes = [.. options.Prefixes, argument] };
                    break;
            }
        }

        return options.Quick && !roundsGiven ? options with { Rounds = 3 } : options;
    }

    private static string Value(ReadOnlySpan<string> arguments, ref int at)
        => at + 1 < arguments.Length ? arguments[++at] : throw new FormatException($"{arguments[at]} has no value.");

    private static int Number(string text, string option, int least)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least ? number : throw new FormatException($"{option}: found '{text}', expected a number of {least} or more.");
}
