using Polymath.Merging;
using Polymath.Reproductions.Merging;

namespace Polymath.Reproductions.AdaptiveMerging;

/// <summary>A bench on which AdaMerging is run, and how.</summary>
/// <param name="Bench">The bench.</param>
/// <param name="Options">How it learns.</param>
/// <param name="Start">How good the merged model is from which adaptation starts.</param>
/// <param name="References">What an independent run of the authors' code measured, by method.</param>
internal sealed record AdaptationRegime(MergingBenchOptions Bench, AdaMergingOptions Options, StartKind Start, IReadOnlyDictionary<string, double> References)
{
    public const string ZeroShot = "zero-shot (pre-trained)", Fixed = "task arithmetic, scale 0.3", Best = "task arithmetic, best scale", LayerWise = "AdaMerging, layer-wise", TaskWise = "AdaMerging, task-wise", PlusPlus = "AdaMerging++, layer-wise";

    private const double Slow = 1.0 / 8;

    private static readonly Dictionary<string, double> s_none = [];

    private static readonly AdaMergingOptions s_weak = new() { LearningRate = 1e-2, Steps = 300 };

    private static readonly Dictionary<string, double> s_six = new() { [ZeroShot] = 0.899, [Fixed] = 0.901, [Best] = 0.909, [LayerWise] = 0.909, [TaskWise] = 0.911, [PlusPlus] = 0.904 };

    private static readonly Dictionary<string, double> s_eight = new() { [ZeroShot] = 0.889, [Fixed] = 0.902, [Best] = 0.907, [LayerWise] = 0.906, [TaskWise] = 0.908, [PlusPlus] = 0.898 };

    /// <summary>Two good starts, where every third expert was fine-tuned at the bench's rate and the others at an eighth of it; one start that fast experts spoil; two weak ones.</summary>
    public static IReadOnlyList<AdaptationRegime> All { get; } =
    [
        new(Canvas("Canvas, good start, T=6", 6, task => task % 3 == 2 ? 1 : Slow), new(), StartKind.Good, s_six),
        new(Canvas("Canvas, good start, T=8", 8, task => task % 3 == 2 ? 1 : Slow), new(), StartKind.Good, s_eight),
        new(Canvas("Canvas, spoilt start, T=6", 6, task => task % 3 == 2 ? 8 : 1), new(), StartKind.Spoilt, s_none),
        new(MergingBenchOptions.D8WeakSix, s_weak, StartKind.Weak, new Dictionary<string, double> { [ZeroShot] = 0.525, [Best] = 0.579, [LayerWise] = 0.371, [TaskWise] = 0.361 }),
        new(MergingBenchOptions.D8WeakFour, s_weak, StartKind.Weak, new Dictionary<string, double> { [ZeroShot] = 0.598, [Best] = 0.651, [LayerWise] = 0.513, [TaskWise] = 0.503 }),
    ];

    private static MergingBenchOptions Canvas(string name, int tasks, Func<int, double> rate) => new() { Name = name, OnCanvas = true, Tasks = tasks, PreTrainingItems = 150, PreTrainingSteps = 200, RateFactor = rate };
}
