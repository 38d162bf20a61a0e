namespace Qama;

/// <summary>
/// Makes a parameter of a coupling, field or readout term a trainable parameter of the layer: a number where its type is
/// <c>float</c>, a vector of HeadDim elements where it is <see cref="Vec"/>.
/// </summary>
/// <param name="initial">Value of every element before training; NaN draws each from the standard normal
/// distribution.</param>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class LearnableAttribute(double initial) : Attribute
{
    /// <summary>Value of every element before training; NaN draws each from the standard normal distribution.</summary>
    public double Initial { get; } = initial;

    /// <summary>Whether every head learns its own. Default false: one for all heads.</summary>
    public bool PerHead { get; set; }
}
