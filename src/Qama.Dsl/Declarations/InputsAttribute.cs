namespace Qama;

/// <summary>Declares what happens to the query, key and value inputs before the energy.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class InputsAttribute : Attribute
{
    /// <summary>Whether each input is layer-normalised over its width. Default true.</summary>
    public bool LayerNorm { get; set; } = true;

    /// <summary>Whether the inputs already are query, key and value of all heads, width H·HeadDim: no projections are
    /// learned. Default false.</summary>
    public bool Projected { get; set; }

    /// <summary>Whether the learned projections have a bias. Default false.</summary>
    public bool Bias { get; set; }
}
