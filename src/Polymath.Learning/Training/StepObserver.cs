namespace Polymath.Learning.Training;

/// <summary>Told about every optimiser step.</summary>
/// <param name="record">What the step saw; its spans must not be kept.</param>
public delegate void StepObserver(in StepRecord record);
