namespace Polymath.Learning.Training;

/// <summary>Where the tasks' gradients are compared and combined.</summary>
public enum BalanceLevel
{
    /// <summary>At the shared parameters.</summary>
    Parameters,

    /// <summary>
    /// At the shared representation, the values several tasks have in common and single tasks read: the trunk below is swept once, whatever
    /// the number of tasks (Sener and Koltun 2018, section 3.3). Inner products differ from those of the parameters, and so do the weights.
    /// </summary>
    Representation,

    /// <summary>The same, with every task's gradient summed over the rows of the batch before tasks are compared, as LibMTL does.</summary>
    RepresentationSum,
}
