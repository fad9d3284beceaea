using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Polymath.Learning;
using Polymath.Tabular;
using Polymath.Tensors;

namespace Polymath.Tests;

/// <summary>
/// The transformers of the MultiTab repository: their parameters under our names. Official columns come in any order, ours with categorical
/// fields first; attention over columns does not care, but the layers over rows read all tokens side by side, so their weights are reordered.
/// </summary>
internal sealed class TokenFixture
{
    private static readonly Regex s_embedding = new(@"^tok_emb\.embedding_layers\.(\d+)\.(weight|bias)$", RegexOptions.CultureInvariant);
    private static readonly Regex s_layer = new(@"^(?:transformer\.)?blocks\.(\d+)(?:\.([01]))?\.(attention|norm1|norm2|mlp)\.(.+)$", RegexOptions.CultureInvariant);
    private static readonly Regex s_tower = new(@"^(?:task_heads\.(.+)|tower)\.tower\.(?:0\.mlp\.(\d+)\.0|1)\.(weight|bias)$", RegexOptions.CultureInvariant);

    private readonly int[] _order, _categorical, _numeric;
    private readonly int _taskTokens, _width;
    private readonly string _prefix;
    private readonly TaskSet _tasks;

    /// <param name="dimensions">Of every column: 1 for numeric, else the number of ids.</param>
    /// <param name="taskTokens">Task tokens before the columns.</param>
    /// <param name="state">An official state, for the sizes.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="prefix">Before every name: "" or "networks.0.".</param>
    public TokenFixture(int[] dimensions, int taskTokens, Dictionary<string, GoldenArray> state, TaskSet tasks, string prefix = "")
    {
        (_taskTokens, _tasks, _prefix) = (taskTokens, tasks, prefix);
        _categorical = [.. Enumerable.Range(0, dimensions.Length).Where(i => dimensions[i] > 1)];
        _numeric = [.. Enumerable.Range(0, dimensions.Length).Where(i => dimensions[i] == 1)];
        _order = [.. Enumerable.Range(0, taskTokens), .. _categorical.Concat(_numeric).Select(i => taskTokens + i)];
        _width = state["tok_emb.embedding_layers.0.weight"].Shape[0];
        Schema = new FeatureSchema([.. _numeric.Select(i => $"n{i}")], [.. _categorical.Select(i => new CategoricalFeature($"c{i}", dimensions[i]))]);
    }

    public FeatureSchema Schema { get; }

    /// <summary>The columns of a fixture.</summary>
    public static int[] Dimensions(JsonElement inputs) => [.. inputs.GetProperty("feature_dims").EnumerateObject().Select(entry => entry.Value.GetInt32())];

    /// <summary>Tasks of their kinds: widths from <c>task_out_dim</c> or the state's last maps.</summary>
    public static TaskSet Tasks(JsonElement inputs, Dictionary<string, GoldenArray> state) => new(inputs.GetProperty("task_types").EnumerateObject().Select(entry => entry.Value.GetString() switch
    {
        "binary" => Target.Binary(entry.Name),
        "regression" => Target.Regression(entry.Name),
        _ => Target.MultiClass(entry.Name, state[$"task_heads.{entry.Name}.tower.1.weight"].Shape[0]),
    }));

    /// <summary>Widths of a tower's hidden layers.</summary>
    public static int[] TowerHidden(Dictionary<string, GoldenArray> state)
        => [.. state.Select(entry => (Match: s_tower.Match(entry.Key), entry.Value)).Where(entry => entry.Match.Success && entry.Match.Groups[2].Success && entry.Match.Groups[3].Value == "weight")
            .GroupBy(entry => entry.Match.Groups[1].Value).First().OrderBy(entry => int.Parse(entry.Match.Groups[2].Value, CultureInfo.InvariantCulture)).Select(entry => entry.Value.Shape[0])];

    public Batch Batch(GoldenArray x)
    {
        int rows = x.Shape[0], columns = x.Shape[1];
        var ids = new IndexTensor([rows, _categorical.Length]);
        Tensor numbers = Tensor.Zeros(rows, _numeric.Length);
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < _categorical.Length; i++) ids.Span[(row * _categorical.Length) + i] = (int)x.Values[(row * columns) + _categorical[i]];
            for (int i = 0; i < _numeric.Length; i++) numbers.Span[(row * _numeric.Length) + i] = x.Values[(row * columns) + _numeric[i]];
        }

        return new Batch { Rows = rows, Numeric = numbers, Categories = ids, Targets = Tensor.Zeros(rows, 1) };
    }

    /// <summary>An official state, or gradients of one, under our names and in our order.</summary>
    public Dictionary<string, GoldenArray> Translate(IReadOnlyDictionary<string, GoldenArray> official)
    {
        var ours = new Dictionary<string, GoldenArray>(StringComparer.Ordinal);
        Gather("tokens", Enumerable.Range(0, _taskTokens));
        for (int i = 0; i < _categorical.Length; i++) ours.Add($"{_prefix}tokenizer.fields.{i}.weight", official[$"tok_emb.embedding_layers.{_taskTokens + _categorical[i]}.weight"]);
        if (_numeric.Length > 0) Gather("numeric", _numeric.Select(i => _taskTokens + i));
        foreach ((string name, GoldenArray array) in official)
        {
            if (s_embedding.IsMatch(name)) continue;
            if (s_tower.Match(name) is { Success: true } tower) ours.Add(Tower(tower), array);
            else if (s_layer.Match(name) is { Success: true } layer) AddLayer(layer, array);
            else throw new InvalidOperationException($"no rule for '{name}'");
        }

        return ours;

        void Gather(string part, IEnumerable<int> positions)
        {
            int[] all = [.. positions];
            foreach (string kind in (string[])["weight", "bias"]) ours.Add($"{_prefix}tokenizer.{part}.{kind}", new GoldenArray([all.Length, _width], [.. all.SelectMany(i => official[$"tok_emb.embedding_layers.{i}.{kind}"].Values)]));
        }

        void AddLayer(Match match, GoldenArray array)
        {
            bool overRows = match.Groups[2].Value == "1";
            string layer = $"{_prefix}blocks.{match.Groups[1].Value}.{(overRows ? "rows.layer" : "columns")}", part = match.Groups[3].Value, rest = match.Groups[4].Value;
            string name = part == "mlp" ? $"{layer}.linear{(rest.StartsWith('0') ? 1 : 2)}.{rest[2..]}" : $"{layer}.{part}.{rest}";
            if (!rest.StartsWith("q_proj", StringComparison.Ordinal) && !rest.StartsWith("k_proj", StringComparison.Ordinal) && !rest.StartsWith("v_proj", StringComparison.Ordinal))
            {
                ours.Add(name, overRows ? Reorder(name, array) : array);
                return;
            }

            // Maps of their own in the official module with rotary positions, of which a layer over rows that see only themselves reads one.
            if (!rest.StartsWith('v')) return;
            name = $"{layer}.attention.value.{rest["v_proj.".Length..]}";
            ours.Add(name, Reorder(name, array));
        }
    }

    /// <summary>A layer over rows reads and writes tokens side by side: blocks of its inputs and outputs change places.</summary>
    private GoldenArray Reorder(string name, GoldenArray array)
    {
        bool reads = name.EndsWith("in_proj_weight", StringComparison.Ordinal) || name.EndsWith("value.weight", StringComparison.Ordinal) || name.EndsWith("linear1.weight", StringComparison.Ordinal);
        bool inner = name.EndsWith("in_proj_bias", StringComparison.Ordinal) || name.EndsWith("value.bias", StringComparison.Ordinal) || name.EndsWith("linear1.bias", StringComparison.Ordinal);
        if (inner) return array;
        int length = _order.Length * _width, outer = array.Values.Length / length;
        bool rows = array.Shape.Length == 2 && !reads;
        float[] values = new float[array.Values.Length];
        for (int at = 0; at < length; at++)
        {
            int from = (_order[at / _width] * _width) + (at % _width);
            for (int i = 0; i < outer; i++) values[rows || array.Shape.Length == 1 ? (at * outer) + i : (i * length) + at] = array.Values[rows || array.Shape.Length == 1 ? (from * outer) + i : (i * length) + from];
        }

        return array with { Values = values };
    }

    private string Tower(Match match)
    {
        string tower = match.Groups[1].Success ? $"towers.{Enumerable.Range(0, _tasks.Count).First(t => _tasks[t].Name == match.Groups[1].Value)}" : $"{_prefix}tower";
        return match.Groups[2].Success ? $"{tower}.layers.{match.Groups[2].Value}.linear.{match.Groups[3].Value}" : $"{tower}.output.{match.Groups[3].Value}";
    }
}
