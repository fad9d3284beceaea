using System.Globalization;
using System.Text;
using Polymath.Tabular.Runs;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>A table with holes, a constant column and targets of every kind, all learnable from its inputs except <c>noise</c>.</summary>
internal static class SmallTable
{
    public const string Model = "mmoe:experts=2,expert-hidden=8,tower-hidden=4,embedding-width=2";

    /// <summary>Settings that train in a moment.</summary>
    public static RunSettings Settings(string data, params string[] targets) => new()
    {
        Data = data,
        Targets = targets.Length > 0 ? targets : ["income:binary", "wage:regression"],
        Drop = ["income", "wage", "kind", "visits", "noise"],
        Model = Model,
        Optimizer = "adam:lr=0.01",
        Epochs = 2,
        BatchSize = 48,
    };

    public static string Csv(int rows, ulong seed = 1, double missing = 0.1, bool labels = true)
    {
        var random = new RandomStream(seed);
        var text = new StringBuilder("age,hours,city,fixed,group");
        text.Append(labels ? ",income,wage,kind,visits,noise\n" : "\n");
        for (int row = 0; row < rows; row++)
        {
            double age = 20 + (40 * random.NextDouble()), hours = 40 * random.NextDouble();
            int city = random.NextInt32(3), group = random.NextInt32(3);
            string Hole(string value) => random.NextDouble() < missing ? string.Empty : value;
            string[] cells =
            [
                Hole(Number(age)), Hole(Number(hours)), Hole("city" + city), "1", "g" + group,
                Hole(age + hours > 60 ? "yes" : "no"), Hole(Number((100 * group) + (10 * hours) + city)), Hole("k" + city), Hole(Number(Math.Floor(hours / 10))), Number(random.NextNormalDouble()),
            ];
            text.AppendJoin(',', labels ? cells : cells[..5]).Append('\n');
        }

        return text.ToString();
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
