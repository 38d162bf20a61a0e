namespace Qama.Layers;

/// <summary>Whether a layer is being trained or used.</summary>
public enum LayerMode
{
    /// <summary>Batch statistics are used and recorded.</summary>
    Training,

    /// <summary>Running statistics are used; nothing is recorded.</summary>
    Evaluation,
}
