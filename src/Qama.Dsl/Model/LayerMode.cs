namespace Qama.Model;

/// <summary>Whether a layer is being trained or used.</summary>
public enum LayerMode
{
    /// <summary>Batch statistics are used and recorded, and what <c>Backward</c> needs is kept.</summary>
    Training,

    /// <summary>Running statistics are used; nothing is recorded.</summary>
    Evaluation,
}
