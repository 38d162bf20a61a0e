namespace Qama;

/// <summary>Declares the queries that a selection is made for. Without it a head makes one selection for all queries
/// (<see cref="SelectionScope.Head"/>), as the paper does (arXiv 2504.11083).</summary>
/// <remarks>With any other scope an optimisation problem is smaller than the layer's sequence, and there are several of a sample: a
/// problem's shape is a model of its own, the nested class <c>SelectionProblem</c>.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SelectAttribute : Attribute
{
    /// <summary>The queries that a selection is made for. Default: all of a head.</summary>
    public SelectionScope Per { get; set; }

    /// <summary>Consecutive queries that share a selection, of <see cref="SelectionScope.Query"/>; 1 to the number of tokens.
    /// Default 1.</summary>
    public int QueryBlock { get; set; } = 1;

    /// <summary>Consecutive keys that are selected together, of <see cref="SelectionScope.Query"/>; 1 to the number of keys. Bounds on
    /// selections count such units. Default 1.</summary>
    public int Unit { get; set; } = 1;

    /// <summary>Tokens of a block, of <see cref="SelectionScope.Causal"/>; 1 to the number of tokens. Required there.</summary>
    public int Block { get; set; }

    /// <summary>Tokens that each head keeps, of <see cref="SelectionScope.Causal"/>: every block's problem holds those kept so far and
    /// the block's own, and at most so many stay. 0, the default, for no limit: selected tokens stay for good.</summary>
    public int Memory { get; set; }
}
