using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Polymath.Learning.Balancing;
using Polymath.Learning.Optimization;
using Polymath.Tensors;
using Polymath.Tensors.Safetensors;

namespace Polymath.Learning.Training;

/// <summary>
/// Everything a fit needs to go on: weights, buffers, optimiser and balancer state, the best weights so far, sums of the epoch in
/// progress, and the finished epochs. One safetensors file, replaced atomically.
/// </summary>
internal sealed class Checkpoint(string path, MultiTaskModel model, ParameterBlock block, Optimizer optimizer, Balancer balancer, Balancer? flat, string fingerprint)
{
    private const string Version = "1", DigestKey = "digest";
    private ulong _digest;

    /// <summary>What has to agree for a checkpoint to be this run's; the number of epochs and the patience may be changed.</summary>
    public static string FingerprintOf(MultiTaskModel model, ParameterBlock block, Trainer trainer, Dataset train, Dataset? validation)
    {
        TrainerOptions options = trainer.Options;
        return string.Create(CultureInfo.InvariantCulture,
            $"{string.Join(',', block.Places.Select(place => $"{place.Name}{place.Parameter.Shape}"))};{trainer.Optimizer.Name},{trainer.Optimizer.LearningRate:R};{trainer.Schedule.Name};{trainer.Balancer.Specification};{trainer.Regularizer?.Specification};{options.BatchSize}{(options.DropLast ? ",drop-last" : string.Empty)};{options.Seed};{options.ClipNorm:R};{options.ConflictSamples};{options.AverageDecay:R};{options.BalanceAt},{options.GradientMemory};{(trainer.FlatRegions is { } flat ? $"{flat.Specification},{flat.FlatBalancer?.Specification};" : string.Empty)}{train.Rows},{train.Fingerprint():x};{validation?.Rows ?? 0},{validation?.Fingerprint() ?? 0:x};{string.Join(',', model.Tasks.Select(task => $"{task.Name}:{task.Kind}"))}");
    }

    public void Save(TrainingState state)
    {
        var writer = new SafetensorsWriter();
        _digest = 0;
        writer.Metadata["version"] = Version;
        writer.Metadata["fingerprint"] = fingerprint;
        writer.Metadata["history"] = string.Join('\n', state.History.Select(record => EpochRecordJson.Write(record, model.Tasks)));
        Add(writer, "values", block.Values);
        foreach ((string name, Tensor buffer) in model.NamedBuffers()) Add(writer, $"buffer.{name}", buffer.Span);
        foreach ((string name, float[] values) in optimizer.State) Add(writer, $"optimizer.{name}", values);
        if (state.BestValues is not null) Add(writer, "best", state.BestValues);
        if (block.Windows.Length > 0) Add(writer, "best_touched", state.BestTouched);
        for (int i = 0; i < block.Windows.Length; i++) AddWindow(writer, WindowName(i), block.Windows[i]);
        foreach ((_, float[] values) in state.Average?.State ?? []) Add(writer, "average", values);
        Add(writer, "average_updates", [state.Average?.Updates ?? 0]);
        Add(writer, "counters", [state.Epoch, state.StepInEpoch, state.Steps, state.BestEpoch, optimizer.Steps, state.Rows]);
        AddDoubles(writer, "best_score", [state.BestScore]);
        AddDoubles(writer, "seconds", [state.Seconds]);
        AddDoubles(writer, "loss_sums", state.LossSums);
        Add(writer, "loss_counts", state.LossCounts);
        AddDoubles(writer, "sharpness_sums", state.SharpnessSums);
        Add(writer, "sharpness_counts", state.SharpnessCounts);
        AddDoubles(writer, "weight_sums", state.WeightSums);
        Add(writer, "weight_counts", state.WeightCounts);
        AddDoubles(writer, "term_sums", state.TermSums);
        Add(writer, "term_counts", state.TermCounts);
        Add(writer, "statuses", state.Statuses);
        AddConflicts(writer, "conflicts", state.Conflicts);
        AddConflicts(writer, "epoch_conflicts", state.EpochConflicts);
        AddBalancer(writer, "balancer", balancer);
        if (flat is not null) AddBalancer(writer, "flat", flat);
        writer.Metadata[DigestKey] = DigestOf(writer.Metadata);
        writer.Save(path);
    }

    /// <summary>Restores a saved fit; false when there is none.</summary>
    /// <exception cref="TrainingException">The file belongs to another run or is damaged.</exception>
    public bool TryLoad(TrainingState state)
    {
        if (!File.Exists(path)) return false;
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            if (!file.Metadata.TryGetValue("fingerprint", out string? found) || found != fingerprint)
            {
                throw new TrainingException($"{path}: this checkpoint was written by a run with other data, model, optimiser, balancer, regulariser or seed; resume with the original settings or choose another output folder.");
            }

            if (Digest(file) != file.Metadata.GetValueOrDefault(DigestKey)) throw new FormatException("its contents were changed");
            Load(file, state);
            return true;
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw new TrainingException($"{path}: the checkpoint cannot be read ({exception.Message}); delete it to start over.", exception);
        }
    }

    // A damaged file shows itself in many ways: not safetensors, a tensor missing or of another length, a record that is not JSON.
    private static bool IsDamage(Exception exception) => exception
        is SafetensorsException or JsonException or FormatException or ArgumentException or KeyNotFoundException or IndexOutOfRangeException or InvalidOperationException or OverflowException or OptimizerException or BalancerException;

    private void Load(SafetensorsFile file, TrainingState state)
    {
        file.ReadFloat32("values", block.Values);
        foreach ((string name, Tensor buffer) in model.NamedBuffers()) file.ReadFloat32($"buffer.{name}", buffer.Span);
        long[] counters = Integers(file, "counters");
        optimizer.Load(counters[4], name => Singles(file, $"optimizer.{name}"));
        (state.Epoch, state.StepInEpoch, state.Steps, state.BestEpoch, state.Rows) = ((int)counters[0], (int)counters[1], counters[2], (int)counters[3], counters[5]);
        state.Seconds = Doubles(file, "seconds")[0];
        if (file.Contains("average")) state.Average!.Load(Integers(file, "average_updates")[0], Singles(file, "average"));
        state.BestScore = Doubles(file, "best_score")[0];
        if (file.Contains("best")) state.BestValues = Singles(file, "best");
        if (block.Windows.Length > 0) state.BestTouched = Integers(file, "best_touched");
        for (int i = 0; i < block.Windows.Length; i++) LoadWindow(file, WindowName(i), block.Windows[i]);
        Doubles(file, "loss_sums").CopyTo(state.LossSums, 0);
        Integers(file, "loss_counts").CopyTo(state.LossCounts, 0);
        Doubles(file, "sharpness_sums").CopyTo(state.SharpnessSums, 0);
        Integers(file, "sharpness_counts").CopyTo(state.SharpnessCounts, 0);
        Doubles(file, "weight_sums").CopyTo(state.WeightSums, 0);
        Integers(file, "weight_counts").CopyTo(state.WeightCounts, 0);
        Doubles(file, "term_sums").CopyTo(state.TermSums, 0);
        Integers(file, "term_counts").CopyTo(state.TermCounts, 0);
        Integers(file, "statuses").CopyTo(state.Statuses, 0);
        state.Conflicts.Load(Doubles(file, "conflicts.sums"), Integers(file, "conflicts.counts"));
        state.EpochConflicts.Load(Doubles(file, "epoch_conflicts.sums"), Integers(file, "epoch_conflicts.counts"));
        foreach (string line in file.Metadata["history"].Split('\n', StringSplitOptions.RemoveEmptyEntries)) state.History.Add(EpochRecordJson.Read(line));
        LoadBalancer(file, "balancer", balancer);
        if (flat is not null) LoadBalancer(file, "flat", flat);
    }

    private static string WindowName(int index) => string.Create(CultureInfo.InvariantCulture, $"sparse.{index}");

    /// <summary>Only what was touched: the other rows are as the seed made them.</summary>
    private void AddWindow(SafetensorsWriter writer, string prefix, RowWindow window)
    {
        long[] rows = new long[window.Touched];
        for (int i = 0; i < rows.Length; i++) rows[i] = window.Rows[i];
        float[] values = new float[window.Initial.Length];
        window.CopyTouched(values);
        Add(writer, $"{prefix}.rows", rows);
        Add(writer, $"{prefix}.initial", window.Initial);
        Add(writer, $"{prefix}.values", values);
        int number = 0;
        foreach (ReadOnlyMemory<float> memory in window.Memory) Add(writer, string.Create(CultureInfo.InvariantCulture, $"{prefix}.memory.{number++}"), memory.Span);
    }

    private void LoadWindow(SafetensorsFile file, string prefix, RowWindow window)
    {
        int[] rows = [.. Integers(file, $"{prefix}.rows").Select(row => checked((int)row))];
        float[][] memory = [.. optimizer.State.Select((_, m) => Singles(file, string.Create(CultureInfo.InvariantCulture, $"{prefix}.memory.{m}")))];
        window.Load(rows, Singles(file, $"{prefix}.initial"), Singles(file, $"{prefix}.values"), memory);
    }

    private void AddBalancer(SafetensorsWriter writer, string prefix, Balancer rule)
    {
        var state = new BalancerState();
        rule.WriteState(state);
        foreach ((string name, float[] values) in state.Singles) Add(writer, $"{prefix}.single.{name}", values);
        foreach ((string name, double[] values) in state.Doubles) AddDoubles(writer, $"{prefix}.double.{name}", values);
        foreach ((string name, long[] values) in state.Integers) Add(writer, $"{prefix}.integer.{name}", values);
    }

    private static void LoadBalancer(SafetensorsFile file, string prefix, Balancer rule)
    {
        var state = new BalancerState();
        string single = $"{prefix}.single.", @double = $"{prefix}.double.", integer = $"{prefix}.integer.";
        foreach (string name in file.Names)
        {
            if (name.StartsWith(single, StringComparison.Ordinal)) state.Set(name[single.Length..], Singles(file, name));
            else if (name.StartsWith(@double, StringComparison.Ordinal)) state.Set(name[@double.Length..], Doubles(file, name));
            else if (name.StartsWith(integer, StringComparison.Ordinal)) state.Set(name[integer.Length..], Integers(file, name));
        }

        rule.ReadState(state);
    }

    private void Add(SafetensorsWriter writer, string name, ReadOnlySpan<float> values)
    {
        writer.Add(name, [values.Length], values);
        _digest ^= Dataset.Hash(name, MemoryMarshal.AsBytes(values));
    }

    private void Add(SafetensorsWriter writer, string name, ReadOnlySpan<long> values)
    {
        writer.Add(name, [values.Length], values);
        _digest ^= Dataset.Hash(name, MemoryMarshal.AsBytes(values));
    }

    // The order of tensors in the file is the writer's affair, so their hashes are combined without one.
    private string Digest(SafetensorsFile file)
    {
        _digest = 0;
        foreach (string name in file.Names) _digest ^= Dataset.Hash(name, file.Bytes(name));
        return DigestOf(file.Metadata);
    }

    private string DigestOf(IEnumerable<KeyValuePair<string, string>> metadata)
    {
        ulong digest = _digest;
        foreach ((string key, string text) in metadata)
        {
            if (key != DigestKey) digest ^= Dataset.Hash(key, MemoryMarshal.AsBytes(text.AsSpan()));
        }

        return digest.ToString("x16", CultureInfo.InvariantCulture);
    }

    // Doubles travel as their bits, so that NaN and infinity come back as they were.
    private void AddDoubles(SafetensorsWriter writer, string name, ReadOnlySpan<double> values)
    {
        long[] bits = new long[values.Length];
        for (int i = 0; i < bits.Length; i++) bits[i] = BitConverter.DoubleToInt64Bits(values[i]);
        Add(writer, name, bits);
    }

    private void AddConflicts(SafetensorsWriter writer, string name, ConflictStatistics statistics)
    {
        AddDoubles(writer, $"{name}.sums", statistics.SaveSums());
        Add(writer, $"{name}.counts", statistics.SaveCounts());
    }

    private static float[] Singles(SafetensorsFile file, string name)
    {
        float[] values = new float[file[name].Shape[0]];
        file.ReadFloat32(name, values);
        return values;
    }

    private static long[] Integers(SafetensorsFile file, string name)
    {
        long[] values = new long[file[name].Shape[0]];
        file.ReadInt64(name, values);
        return values;
    }

    private static double[] Doubles(SafetensorsFile file, string name) => [.. Integers(file, name).Select(BitConverter.Int64BitsToDouble)];
}
