namespace Qama;

/// <summary>Declares how the output is made from the sampled selection.</summary>
/// <param name="kind">The readout.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ReadoutAttribute(ReadoutKind kind) : Attribute
{
    /// <summary>The readout.</summary>
    public ReadoutKind Kind { get; } = kind;
}
