namespace Qama;

/// <summary>
/// Marks a static method of the declared class as a reward for selecting two tokens together: Weight times its value joins
/// the coupling J[h,i,j] before J is made symmetric, beside <see cref="CouplingAttribute"/> or instead of it.
/// </summary>
/// <remarks>
/// The method returns <c>float</c>. Its parameters: the query of token i and the key of token j (<see cref="Vec"/>, in this
/// order), optionally their positions (<see cref="TokenPair"/>), then any number of <see cref="LearnableAttribute"/> ones.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class CouplingTermAttribute : Attribute
{
    /// <summary>Weight of the term inside J. Default 1. The weight of <see cref="CouplingAttribute"/> acts on J as a
    /// whole.</summary>
    public double Weight { get; set; } = 1;
}
