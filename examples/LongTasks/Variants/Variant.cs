namespace Qama.Examples.LongTasks;

/// <summary>What stands where attention does.</summary>
internal enum AttentionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Softmax attention.</summary>
    Softmax,

    /// <summary>Linear attention, elu(x) + 1.</summary>
    Linear,

    /// <summary>A declared operator.</summary>
    Declared,
}

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Kind">What stands where attention does.</param>
/// <param name="Declared">The declared layers; null for other kinds.</param>
/// <param name="Begin">The declared layers of the first half of the epochs, whose parameters go on; null where all
/// epochs have the same.</param>
internal sealed record Variant(
    string Name, string Summary, AttentionKind Kind, Declarations? Declared = null, Declarations? Begin = null)
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention", AttentionKind.Softmax),
        new("none", "no attention", AttentionKind.None),
        new("linear", "linear attention, elu(x) + 1", AttentionKind.Linear),
        new("selected", "attention over selected tokens", AttentionKind.Declared, Declarations.Selected),
        new(
            "narrowed", "every token for half of the epochs, then selected with a gradient through the selection",
            AttentionKind.Declared, Declarations.Guided, Begin: Declarations.Wide),
    ];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);
}
