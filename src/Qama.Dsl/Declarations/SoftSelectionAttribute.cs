namespace Qama;

/// <summary>
/// Declares graded selection: s[h,i] = Σ_b 2^b x[h,i,b] / (2^B − 1) takes 2^B evenly spaced values from 0 to 1.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class SoftSelectionAttribute : Attribute
{
    /// <summary>Bits B of a selection weight, 1 to 8. Default 1: selected or not.</summary>
    public int Bits { get; set; } = 1;

    /// <summary>Weight w_c of the energy + w_c Σ s², which makes weights between 0 and 1 worth choosing; 0 or more.
    /// Default 0.</summary>
    public double Curvature { get; set; }
}
