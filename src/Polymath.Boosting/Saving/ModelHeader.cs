using System.Text.Json;
using Polymath.Data;

namespace Polymath.Boosting;

/// <summary>All of a model but its trees.</summary>
internal sealed record ModelHeader(BoostingOptions Options, FeatureDescription[] Features, BoostingTarget[] Targets, TaskIndex? Tasks, double[] Initial, double[] Theta, BoostingIteration[] History)
{
    private const string Format = "polymath-boosting";
    private const int Version = 1;

    /// <summary>That of a model.</summary>
    public static ModelHeader Of(BoostedModel model) => new(model.Options, [.. model.Features], [.. model.Targets], model.Tasks, [.. model.Initial], [.. model.Theta], [.. model.History]);

    /// <summary>Writes the members of the object that a saved model is.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WritePropertyName("options");
        SavedOptions.Write(json, Options);
        WriteList(json, "features", Features, (feature) =>
        {
            json.WriteStartObject();
            json.WriteString("name", feature.Name);
            json.WriteNumber("categories", feature.Categories);
            json.WriteEndObject();
        });
        WriteList(json, "targets", Targets, (target) =>
        {
            json.WriteStartObject();
            json.WriteString("name", target.Name);
            json.WriteString("kind", target.Kind.ToString());
            WriteList(json, "classes", target.Classes, json.WriteStringValue);
            json.WriteEndObject();
        });
        if (Tasks is not null) WriteList(json, "tasks", Tasks.Labels, json.WriteStringValue);
        WriteList(json, "initial", Initial, json.WriteNumberValue);
        WriteList(json, "theta", Theta, json.WriteNumberValue);
        WriteList(json, "history", History, (iteration) =>
        {
            json.WriteStartObject();
            json.WriteString("block", iteration.Block.ToString());
            json.WriteNumber("iteration", iteration.Iteration);
            WriteLoss(json, "training_loss", iteration.TrainingLoss);
            WriteLoss(json, "validation_loss", iteration.ValidationLoss);
            json.WriteEndObject();
        });
    }

    /// <summary>Reads the members back.</summary>
    /// <exception cref="BoostingException">It is no saved model, of another version, or damaged.</exception>
    public static ModelHeader Read(SavedField saved)
    {
        SavedField format = saved["format"], version = saved["version"];
        if (format.Text() != Format) throw format.Fail($"\"{Format}\"");
        if (version.Integer() != Version) throw version.Fail($"{Version}; the model was written by another release");
        return new ModelHeader(
            SavedOptions.Read(saved["options"]),
            [.. saved["features"].Items().Select(feature => new FeatureDescription(feature["name"].Text(), Count(feature["categories"])))],
            [.. saved["targets"].Items().Select(ReadTarget)],
            saved.Optional("tasks") is { } tasks ? new TaskIndex(tasks.Items().Select(label => label.Text())) : null,
            [.. saved["initial"].Items().Select(value => value.Number())],
            [.. saved["theta"].Items().Select(value => value.Number())],
            [.. saved["history"].Items().Select(iteration => new BoostingIteration(iteration["block"].Choice<BoostingBlock>(), iteration["iteration"].Integer(), ReadLoss(iteration, "training_loss"), ReadLoss(iteration, "validation_loss")))]);
    }

    private static BoostingTarget ReadTarget(SavedField saved)
    {
        TargetKind kind = saved["kind"].Choice<TargetKind>();
        string[] classes = [.. saved["classes"].Items().Select(label => label.Text())];
        bool fits = kind switch { TargetKind.Auto => false, TargetKind.Binary => classes.Length == 2, TargetKind.Multiclass => classes.Length >= 2, _ => classes.Length == 0 };
        return fits ? new BoostingTarget(saved["name"].Text(), kind, classes) : throw saved.Fail($"a settled kind and as many classes as it has, not {classes.Length}");
    }

    private static int Count(SavedField saved) => saved.Integer() is >= 0 and int count ? count : throw saved.Fail("0 or more");

    private static void WriteList<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items) write(item);
        json.WriteEndArray();
    }

    // JSON has no NaN, which is the validation loss of a fit without validation rows.
    private static void WriteLoss(Utf8JsonWriter json, string name, double loss)
    {
        if (double.IsFinite(loss)) json.WriteNumber(name, loss);
        else json.WriteNull(name);
    }

    private static double ReadLoss(SavedField saved, string name) => saved.Optional(name)?.Number() ?? double.NaN;
}
