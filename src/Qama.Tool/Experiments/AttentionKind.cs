namespace Qama.Tool.Experiments;

/// <summary>What stands where attention does.</summary>
internal enum AttentionKind
{
    /// <summary>The declared model.</summary>
    Model,

    /// <summary>Softmax attention of as many heads of the same width.</summary>
    Softmax,

    /// <summary>Linear attention of as many heads of the same width.</summary>
    Linear,

    /// <summary>Nothing: tokens meet in the mean only.</summary>
    None,
}
