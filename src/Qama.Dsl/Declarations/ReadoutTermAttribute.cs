namespace Qama;

/// <summary>
/// Marks a static method of the declared class as part of the output: Weight times its value joins y[h,i], the output of head h for
/// token i. The terms of a class are its output under <see cref="ReadoutKind.Terms"/>, which is implied where the class has terms and
/// no <see cref="ReadoutAttribute"/>, and what <see cref="ReadoutKind.Expectation"/> takes the mean of over reads.
/// </summary>
/// <remarks>
/// The method returns a <see cref="Vec"/> of HeadDim numbers, or a <c>float</c>, which is multiplied by the learned vector g as local
/// energies are. Its parameters, all of the same token, go by name: vectors <c>q</c> or <c>query</c>, <c>k</c> or <c>key</c>, <c>v</c>
/// or <c>value</c>; numbers <c>selected</c>, the selection weight s in 0 … 1, and <c>energy</c>, the local energy ε
/// (<see cref="ReadoutAttribute.Weighted"/>); a <see cref="TokenPosition"/> of any name; any number of
/// <see cref="LearnableAttribute"/> ones. The gradient takes the selection for a constant.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class ReadoutTermAttribute : Attribute
{
    /// <summary>Weight of the term in the output. Default 1.</summary>
    public double Weight { get; set; } = 1;
}
