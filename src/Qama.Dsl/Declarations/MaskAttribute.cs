namespace Qama;

/// <summary>Declares which pairs of tokens interact: pairs outside have no coupling and no long-range term.</summary>
/// <param name="pattern">The pattern.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class MaskAttribute(MaskPattern pattern) : Attribute
{
    /// <summary>The pattern.</summary>
    public MaskPattern Pattern { get; } = pattern;

    /// <summary>Largest distance of a <see cref="MaskPattern.Window"/>, 1 or more, or tokens of a
    /// <see cref="MaskPattern.Block"/>, 2 or more. Required for these two.</summary>
    public int Size { get; set; }
}
