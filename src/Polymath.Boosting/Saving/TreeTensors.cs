using System.Runtime.InteropServices;
using Polymath.Tensors.Safetensors;

namespace Polymath.Boosting;

/// <summary>
/// Trees as tensors, a set of them for each ensemble: "trees" counts the trees of each unit, "splits" the splits of each tree (a tree has one leaf
/// more); all other tensors hold the nodes of all trees one after the other. "set_words" is the number of 64-bit words that a split's set of
/// categories has in "sets", 0 for a number.
/// </summary>
internal static class TreeTensors
{
    /// <summary>The tensors of all ensembles.</summary>
    public static IEnumerable<SafetensorsEntry> Write(ModelTrees trees)
    {
        foreach ((string name, Tree[][] units) in trees.Ensembles())
        {
            Tree[] all = [.. units.SelectMany(unit => unit)];
            TreeSplit[] splits = [.. all.SelectMany(tree => tree.Splits)];
            yield return Entry(name, "trees", SafetensorsType.I32, units.Select(unit => unit.Length));
            yield return Entry(name, "splits", SafetensorsType.I32, all.Select(tree => tree.Splits.Count));
            yield return Entry(name, "feature", SafetensorsType.I32, splits.Select(split => split.Feature));
            yield return Entry(name, "threshold", SafetensorsType.F32, splits.Select(split => split.Threshold));
            yield return Entry(name, "missing_left", SafetensorsType.U8, splits.Select(split => split.MissingLeft ? (byte)1 : (byte)0));
            yield return Entry(name, "left", SafetensorsType.I32, splits.Select(split => split.Left));
            yield return Entry(name, "right", SafetensorsType.I32, splits.Select(split => split.Right));
            yield return Entry(name, "gain", SafetensorsType.F64, splits.Select(split => split.Gain));
            yield return Entry(name, "cover", SafetensorsType.F64, splits.Select(split => split.Cover));
            yield return Entry(name, "set_words", SafetensorsType.I32, splits.Select(split => split.LeftCategories?.Count ?? 0));
            yield return Entry(name, "sets", SafetensorsType.U64, splits.SelectMany(split => split.LeftCategories ?? []));
            yield return Entry(name, "leaf_cover", SafetensorsType.F64, all.SelectMany(tree => tree.LeafCovers));
            yield return Entry(name, "leaf_values", SafetensorsType.F64, all.SelectMany(tree => tree.LeafValues));
        }
    }

    /// <summary>Reads them back.</summary>
    /// <exception cref="BoostingException">A tensor is missing, or its type or length is wrong.</exception>
    public static ModelTrees Read(SafetensorsFile file, ModelShape shape)
    {
        var ensembles = new Tree[ModelTrees.Names.Length][][];
        for (int ensemble = 0; ensemble < ensembles.Length; ensemble++) ensembles[ensemble] = Read(file, shape, ensemble);
        return ModelTrees.From(ensembles);
    }

    private static Tree[][] Read(SafetensorsFile file, ModelShape shape, int ensemble)
    {
        string name = ModelTrees.Names[ensemble];
        int[] trees = Counts(file, name, "trees", ensemble == 3 ? shape.Units : 1);
        int[] splits = Counts(file, name, "splits", trees.Sum(count => (long)count));
        long total = splits.Sum(count => (long)count), values = 0;
        for (int unit = 0, tree = 0; unit < trees.Length; unit++)
        {
            for (int i = 0; i < trees[unit]; i++) values += (splits[tree++] + 1L) * shape.Outputs(ensemble, unit);
        }

        int[] feature = Values<int>(file, name, "feature", SafetensorsType.I32, total), left = Values<int>(file, name, "left", SafetensorsType.I32, total), right = Values<int>(file, name, "right", SafetensorsType.I32, total);
        float[] threshold = Values<float>(file, name, "threshold", SafetensorsType.F32, total);
        byte[] missing = Values<byte>(file, name, "missing_left", SafetensorsType.U8, total);
        double[] gain = Values<double>(file, name, "gain", SafetensorsType.F64, total), cover = Values<double>(file, name, "cover", SafetensorsType.F64, total);
        int[] words = Counts(file, name, "set_words", total);
        ulong[] sets = Values<ulong>(file, name, "sets", SafetensorsType.U64, words.Sum(count => (long)count));
        double[] leafCover = Values<double>(file, name, "leaf_cover", SafetensorsType.F64, total + splits.Length), leafValues = Values<double>(file, name, "leaf_values", SafetensorsType.F64, values);
        var result = new Tree[trees.Length][];
        int node = 0, word = 0, leaf = 0, value = 0, at = 0;
        for (int unit = 0; unit < trees.Length; unit++)
        {
            result[unit] = new Tree[trees[unit]];
            int outputs = shape.Outputs(ensemble, unit);
            for (int i = 0; i < result[unit].Length; i++)
            {
                var own = new TreeSplit[splits[at++]];
                for (int s = 0; s < own.Length; s++, node++)
                {
                    own[s] = new TreeSplit(feature[node], threshold[node], missing[node] != 0, left[node], right[node], gain[node], cover[node]) { LeftCategories = words[node] == 0 ? null : sets[word..(word + words[node])] };
                    word += words[node];
                }

                int leaves = own.Length + 1;
                result[unit][i] = new Tree(outputs, own, leafValues[value..(value + (leaves * outputs))], leafCover[leaf..(leaf + leaves)]);
                (leaf, value) = (leaf + leaves, value + (leaves * outputs));
            }
        }

        return result;
    }

    private static SafetensorsEntry Entry<T>(string ensemble, string name, SafetensorsType type, IEnumerable<T> values)
        where T : unmanaged
    {
        T[] all = [.. values];
        return SafetensorsEntry.FromBytes($"{ensemble}.{name}", type, [all.Length], MemoryMarshal.AsBytes<T>(all).ToArray());
    }

    private static int[] Counts(SafetensorsFile file, string ensemble, string name, long expected)
    {
        int[] counts = Values<int>(file, ensemble, name, SafetensorsType.I32, expected);
        return Array.TrueForAll(counts, count => count >= 0) ? counts : throw new BoostingException($"tensor '{ensemble}.{name}' holds a negative number, expected counts.");
    }

    private static T[] Values<T>(SafetensorsFile file, string ensemble, string name, SafetensorsType type, long expected)
        where T : unmanaged
    {
        string key = $"{ensemble}.{name}";
        TensorInfo info = file[key];
        if (info.Type != type || info.Elements != expected || expected > Array.MaxLength) throw new BoostingException($"tensor '{key}' holds {info.Elements} values of type {info.Type}, expected {expected} of type {type}.");
        return MemoryMarshal.Cast<byte, T>(file.Bytes(key)).ToArray();
    }
}
