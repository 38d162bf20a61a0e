namespace Qama;

/// <summary>
/// Marks a static method of the declared class as a reward for selecting a token: Weight times its value joins the field
/// f[h,i], beside <see cref="FieldAttribute"/> or instead of it.
/// </summary>
/// <remarks>
/// The method returns <c>float</c>. Its parameters: the value of the token (<see cref="Vec"/>), optionally its position
/// (<see cref="TokenPosition"/>), then any number of <see cref="LearnableAttribute"/> ones.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class FieldTermAttribute : Attribute
{
    /// <summary>Weight of the term inside f. Default 1. The weight of <see cref="FieldAttribute"/> acts on f as a
    /// whole.</summary>
    public double Weight { get; set; } = 1;
}
