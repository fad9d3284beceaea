using Polymath.Tabular;

namespace Polymath.Benchmarks.Comparison;

/// <summary>Training steps of whole networks against PyTorch, and what they leave to the garbage collector.</summary>
internal static class NetworkCases
{
    private const int Tasks = 2, Batch = 256, Experts = 8, Levels = 2, SpecificExperts = 2, SharedExperts = 4, Width = 64, Tower = 64, BottomBatch = 512, LargeBatch = 2048;

    public static CaseGroup Group { get; } = new(
        "Training steps",
        "Plain networks, MMoE, PLE and HoME with Adult's columns, and a shared bottom with those of Census-Income: forward, backward, Adam (PyTorch's with `foreach` where that is faster). MMoE and PLE have experts of one layer of 64 and batch norm on both sides; the peer runs one module per expert. HoME has two groups of one task, 4 + 2 + 2 experts of 64 at its meta level and 2 + 2 + 1 per task above, two low-rank maps of rank 16 in every feature gate. MultiTab-Net has tokens of width 16, one block over columns and rows, 4 heads, a feed-forward part of 256 and towers of 64: 5 tasks with 12 numeric columns, or 7 with 32 (wide). The encoder block has width 256, 8 heads, length 128, batch 16, a feed-forward part of 1024: forward and backward without an optimiser. Bytes are those left to the garbage collector by one warm step.",
        [
            Plain("training/batch=1024", MlpSize.Large, 1.25),
            Plain("training/batch=256", MlpSize.Small, 1.6),
            Tabular("tabular/mmoe", "mmoe", TableShape.Adult, Batch, $"{Experts} {Width} {Tower}", 4, new() { ["experts"] = $"{Experts}", ["expert-hidden"] = $"{Width}", ["tower-hidden"] = $"{Tower}" }),
            Tabular("tabular/ple", "ple", TableShape.Adult, Batch, $"{Levels} {SpecificExperts} {SharedExperts} {Width} {Tower}", 4, new() { ["levels"] = $"{Levels}", ["specific-experts"] = $"{SpecificExperts}", ["shared-experts"] = $"{SharedExperts}", ["expert-hidden"] = $"{Width}", ["tower-hidden"] = $"{Tower}" }),
            Tabular("tabular/home", "home", TableShape.Adult, Batch, $"4 2 2 2 1 {Width} 16 2 {Tower}", 3, new() { ["groups"] = "first:t0/second:t1", ["meta-shared-experts"] = "4", ["meta-group-experts"] = "2", ["shared-experts"] = "2", ["group-experts"] = "2", ["task-experts"] = "1", ["expert-hidden"] = $"{Width}", ["lora-rank"] = "16", ["lora-count"] = "2", ["tower-hidden"] = $"{Tower}", ["batch-norm"] = "false" }),
            Tabular("tabular/shared-bottom", "shared-bottom", TableShape.Census, BottomBatch, "256,128 64", double.NaN, new() { ["bottom-hidden"] = "256/128", ["tower-hidden"] = "64" }),
            Tokens("tabular/multitab-net/batch=256", tasks: 5, columns: 12, Batch),
            Tokens("tabular/multitab-net/batch=2048", tasks: 5, columns: 12, LargeBatch),
            Tokens("tabular/multitab-net/wide/batch=256", tasks: 7, columns: 32, Batch),
            Tokens("tabular/multitab-net/wide/batch=2048", tasks: 7, columns: 32, LargeBatch),
            new Case("encoder", () => new EncoderWorkload(EncoderSize.Target)) { Peer = $"encoder {EncoderSize.Target}", Flops = EncoderSize.Target.Flops, Goals = Goals(1.2) },
        ]);

    private static Case Plain(string name, MlpSize size, double target) => new(name, () => new TrainingStepWorkload(size))
    {
        Peer = $"training-step {size}",
        Flops = size.GradientFlops(1),
        Goals = Goals(target),
    };

    private static Case Tabular(string name, string model, TableShape shape, int batch, string sizes, double target, Dictionary<string, string> options) => new(name, () => new TabularStepWorkload(model, options, shape, Tasks, batch))
    {
        Peer = $"{model} {batch} {Tasks} {shape.Numbers} {string.Join(',', shape.Cardinalities)} {string.Join(',', shape.Cardinalities.Select(FeatureEmbedding.WidthFor))} {sizes}",
        Goals = Goals(target),
    };

    private static Case Tokens(string name, int tasks, int columns, int batch) => new(name, () => new TabularStepWorkload("multitab-net", new Dictionary<string, string>(), new TableShape(columns, []), tasks, batch))
    {
        Peer = $"multitab-net {batch} {tasks} {columns} 16 4 256 64",
        Goals = Goals(3),
    };

    private static Goal[] Goals(double overPeer) => [new Goal(Yardstick.TunedPeer, overPeer), new Goal(Yardstick.InstalledPeer), new Goal(Yardstick.Allocation, 0)];
}
