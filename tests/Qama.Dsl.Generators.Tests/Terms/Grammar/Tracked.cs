namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>
/// A number, its derivative along a direction (forward mode), and how far rounding may take a computation of it from the exact one:
/// first-order running error analysis. Independent of the compiler.
/// </summary>
/// <param name="Value">The number.</param>
/// <param name="Slope">Its derivative along the direction.</param>
/// <param name="Size">Sum of the absolute values of what it was added up from: kernels add in another order, and multiply out.</param>
/// <param name="Error">Bound of the error, in units of the relative rounding error of one operation.</param>
internal readonly record struct Tracked(double Value, double Slope, double Size, double Error)
{
    /// <summary>What the function of a library may be off by, in the same units.</summary>
    private const double FunctionError = 3;

    public static Tracked Exact(double value) => new(value, 0, Math.Abs(value), 0);

    /// <summary>A constant that is rounded.</summary>
    public static Tracked Near(double value) => new(value, 0, Math.Abs(value), Math.Abs(value));

    public static implicit operator Tracked(float value) => Near(value);

    public static Tracked operator -(Tracked a) => new(-a.Value, -a.Slope, a.Size, a.Error);

    public static Tracked operator +(Tracked a, Tracked b) => Rounded(a.Value + b.Value, a.Slope + b.Slope, a.Size + b.Size, a.Error + b.Error);

    public static Tracked operator -(Tracked a, Tracked b) => a + -b;

    public static Tracked operator *(Tracked a, Tracked b) => Rounded(
        a.Value * b.Value, a.Slope * b.Value + a.Value * b.Slope, a.Size * b.Size, a.Size * b.Error + b.Size * a.Error);

    /// <summary>Multiplied by the reciprocal, perhaps: two roundings.</summary>
    public static Tracked operator /(Tracked a, Tracked b)
    {
        double value = a.Value / b.Value, size = a.Size / Math.Abs(b.Value);
        return Rounded(value, (a.Slope - value * b.Slope) / b.Value, 2 * size, (a.Error + Math.Abs(value) * b.Error) / Math.Abs(b.Value));
    }

    public static Tracked Exp(Tracked a) => Function(a, Math.Exp(a.Value), Math.Exp(a.Value));

    public static Tracked Log(Tracked a) => Function(a, Math.Log(a.Value), 1 / a.Value);

    public static Tracked Tanh(Tracked a) => Function(a, Math.Tanh(a.Value), 1 - Math.Pow(Math.Tanh(a.Value), 2));

    public static Tracked Sin(Tracked a) => Function(a, Math.Sin(a.Value), Math.Cos(a.Value));

    public static Tracked Cos(Tracked a) => Function(a, Math.Cos(a.Value), -Math.Sin(a.Value));

    public static Tracked Sinh(Tracked a) => Function(a, Math.Sinh(a.Value), Math.Cosh(a.Value), Math.Cosh(a.Value));

    public static Tracked Cosh(Tracked a) => Function(a, Math.Cosh(a.Value), Math.Sinh(a.Value));

    /// <summary>As ½ tanh(½ a) + ½: small results are differences.</summary>
    public static Tracked Sigmoid(Tracked a)
    {
        double value = 1 / (1 + Math.Exp(-a.Value));
        return Function(a, value, value * (1 - value), 1);
    }

    /// <summary>Near 0 an error of the operand becomes its root.</summary>
    public static Tracked Sqrt(Tracked a)
    {
        double value = Math.Sqrt(a.Value);
        double error = Math.Min(a.Error / (2 * value), Math.Sqrt(a.Error) * 4096);
        return new(value, a.Slope == 0 ? 0 : a.Slope / (2 * value), value, error + FunctionError * value);
    }

    /// <summary>A constant power as exp(b log a).</summary>
    public static Tracked Power(Tracked a, double exponent)
    {
        double value = Math.Pow(a.Value, exponent);
        Tracked result = Function(a, value, exponent * Math.Pow(a.Value, exponent - 1));
        return result with { Error = result.Error + FunctionError * Math.Abs(value * exponent * Math.Log(Math.Abs(a.Value))) };
    }

    private static Tracked Function(Tracked a, double value, double derivative, double? size = null) => new(
        value, a.Slope * derivative, Math.Abs(value), Math.Abs(derivative) * a.Error + FunctionError * (size ?? Math.Abs(value)));

    private static Tracked Rounded(double value, double slope, double size, double error) => new(value, slope, size, error + size);
}
