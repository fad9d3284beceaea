namespace Polymath.Boosting;

/// <summary>The splits that decide about 32 leaves of a tree: numbers whose missing values go left, those whose go right, and categories.</summary>
internal readonly record struct MaskPass(int Begin, int MissingRight, int End, int SetBegin, int SetEnd);
