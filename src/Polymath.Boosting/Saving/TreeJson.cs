using System.Numerics;
using System.Text.Json;

namespace Polymath.Boosting;

/// <summary>
/// Trees as JSON: <c>{"splits": [{"feature", "threshold" or "left_ids" with "words", "missing_left", "left", "right", "gain", "cover"}], "leaves": [{"cover",
/// "values"}]}</c>. A child of 0 or more is a split, a negative one the leaf -1 - child; ids at or above 64 times "words" go the way of missing values.
/// </summary>
internal static class TreeJson
{
    private const int WordBits = 64;

    /// <summary>Writes the member "trees": an object with a list for each ensemble, for the tasks a list of lists.</summary>
    public static void Write(Utf8JsonWriter json, ModelTrees trees)
    {
        json.WriteStartObject("trees");
        foreach ((string name, Tree[][] units) in trees.Ensembles())
        {
            json.WriteStartArray(name);
            foreach (Tree[] unit in units)
            {
                if (name == ModelTrees.Names[3]) json.WriteStartArray();
                foreach (Tree tree in unit) Write(json, tree);
                if (name == ModelTrees.Names[3]) json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Reads the member.</summary>
    public static ModelTrees Read(SavedField saved, ModelShape shape)
    {
        var ensembles = new Tree[ModelTrees.Names.Length][][];
        for (int ensemble = 0; ensemble < ensembles.Length; ensemble++)
        {
            SavedField list = saved[ModelTrees.Names[ensemble]];
            SavedField[] units = ensemble == 3 ? [.. list.Items()] : [list];
            int expected = ensemble == 3 ? shape.Units : 1;
            if (units.Length != expected) throw list.Fail($"lists of trees for {expected} units, not {units.Length}");
            ensembles[ensemble] = [.. units.Select((unit, number) => unit.Items().Select(tree => Read(tree, shape.Outputs(ensemble, number))).ToArray())];
        }

        return ModelTrees.From(ensembles);
    }

    private static void Write(Utf8JsonWriter json, Tree tree)
    {
        json.WriteStartObject();
        json.WriteStartArray("splits");
        foreach (TreeSplit split in tree.Splits)
        {
            json.WriteStartObject();
            json.WriteNumber("feature", split.Feature);
            json.WriteNumber("threshold", split.Threshold);
            if (split.LeftCategories is { } set) Write(json, set);
            json.WriteBoolean("missing_left", split.MissingLeft);
            json.WriteNumber("left", split.Left);
            json.WriteNumber("right", split.Right);
            json.WriteNumber("gain", split.Gain);
            json.WriteNumber("cover", split.Cover);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("leaves");
        for (int leaf = 0; leaf < tree.Leaves; leaf++)
        {
            json.WriteStartObject();
            json.WriteNumber("cover", tree.Cover(leaf));
            json.WriteStartArray("values");
            foreach (double value in tree.Values(leaf)) json.WriteNumberValue(value);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<ulong> set)
    {
        json.WriteNumber("words", set.Count);
        json.WriteStartArray("left_ids");
        for (int word = 0; word < set.Count; word++)
        {
            for (ulong bits = set[word]; bits != 0; bits &= bits - 1) json.WriteNumberValue((word * WordBits) + BitOperations.TrailingZeroCount(bits));
        }

        json.WriteEndArray();
    }

    private static Tree Read(SavedField saved, int outputs)
    {
        TreeSplit[] splits = [.. saved["splits"].Items().Select(ReadSplit)];
        SavedField[] leaves = [.. saved["leaves"].Items()];
        double[] values = [.. leaves.SelectMany(leaf => leaf["values"].Items().Select(value => value.Number()))];
        return new Tree(outputs, splits, values, [.. leaves.Select(leaf => leaf["cover"].Number())]);
    }

    private static TreeSplit ReadSplit(SavedField saved)
        => new(saved["feature"].Integer(), saved["threshold"].Single(), saved["missing_left"].Flag(), saved["left"].Integer(), saved["right"].Integer(), saved["gain"].Number(), saved["cover"].Number()) { LeftCategories = ReadSet(saved) };

    private static ulong[]? ReadSet(SavedField saved)
    {
        if (saved.Optional("left_ids") is not { } ids) return null;

        // Bounded, so that a damaged number cannot ask for all memory; a single holds whole numbers up to 2^24.
        const int MostWords = (1 << 24) / WordBits;
        SavedField words = saved["words"];
        if (words.Integer() is not (> 0 and <= MostWords)) throw words.Fail($"a number of 64-bit words from 1 to {MostWords}");
        ulong[] set = new ulong[words.Integer()];
        foreach (SavedField id in ids.Items())
        {
            int at = id.Integer();
            if ((uint)at / WordBits >= (uint)set.Length) throw id.Fail($"an id in [0, {set.Length * WordBits})");
            set[at / WordBits] |= 1UL << (at % WordBits);
        }

        return set;
    }
}
