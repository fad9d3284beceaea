namespace Polymath.Merging.Blending;

/// <summary>What breadcrumbs does where gamma times the number of elements is below one.</summary>
public enum BreadcrumbsMode
{
    /// <summary>As mergekit: a slice that ends at minus zero is empty, so the whole task vector of that tensor is dropped.</summary>
    MergekitCompatible,

    /// <summary>As the paper means it: no top element is dropped, the rest follows the density.</summary>
    Exact,
}
