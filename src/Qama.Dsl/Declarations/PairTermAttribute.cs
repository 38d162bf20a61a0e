namespace Qama;

/// <summary>
/// Marks a static method of the declared class as a soft penalty on pairs: energy + Weight Σ_h Σ_{i&lt;j} t(i, j) s[h,i] s[h,j].
/// </summary>
/// <remarks>The method returns <c>float</c> and has one parameter, the positions of the pair
/// (<see cref="TokenPair"/>, i &lt; j).</remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class PairTermAttribute : Attribute
{
    /// <summary>Weight of the penalty, positive. Required.</summary>
    public double Weight { get; set; } = double.NaN;
}
