namespace Qama.Examples.LongTasks;

/// <summary>What a task's source says about the model, beside two blocks of width 64.</summary>
/// <param name="Heads">Heads of attention.</param>
/// <param name="Hidden">Width of the feed-forward part's middle; 0 without one.</param>
/// <param name="Positions">Whether learned positions are added. Without, a token's vector has the token before it in
/// its second half: what a model without positions needs to see neighbours, at any length.</param>
/// <param name="SharedTable">Whether classes are ids and the classifier is the embedding's table.</param>
/// <param name="Causal">Whether a token reads those up to itself only: where what comes would tell.</param>
/// <param name="Pooled">Whether the mean over the tokens before the padding is classified, behind a hidden layer; else
/// asked tokens are, each by itself.</param>
internal sealed record ModelShape(
    int Heads, int Hidden, bool Positions, bool SharedTable, bool Causal = false, bool Pooled = false)
{
    public const int Width = 64;
    public const int Blocks = 2;

    /// <summary>The shape for a task. Recall: Zoology's figure 2. Copying and induction: two layers of width 64, as
    /// Mamba's. ListOps: the small configuration of mlpen/Nystromformer.</summary>
    /// <param name="kind">The task's name.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such task.</exception>
    public static ModelShape Of(string kind) => kind switch
    {
        RecallTask.Name => new ModelShape(Heads: 1, Hidden: 0, Positions: true, SharedTable: true),
        CopyingTask.Name => new ModelShape(Heads: 4, Hidden: 128, Positions: false, SharedTable: false, Causal: true),
        InductionTask.Name => new ModelShape(Heads: 2, Hidden: 0, Positions: false, SharedTable: false),
        ListOpsTask.Name => new ModelShape(Heads: 2, Hidden: 128, Positions: true, SharedTable: false, Pooled: true),
        BracketTask.Name => new ModelShape(Heads: 2, Hidden: 128, Positions: true, SharedTable: false, Causal: true),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Expected a task."),
    };
}
