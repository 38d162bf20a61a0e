namespace Qama;

/// <summary>
/// Marks a static method of the declared class as a soft penalty on tokens: energy + Weight Σ_h Σ_i t(i) s[h,i].
/// </summary>
/// <remarks>The method returns <c>float</c> and has one parameter, the position of the token
/// (<see cref="TokenPosition"/>).</remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class TokenTermAttribute : Attribute
{
    /// <summary>Weight of the penalty, positive. Required.</summary>
    public double Weight { get; set; } = double.NaN;
}
