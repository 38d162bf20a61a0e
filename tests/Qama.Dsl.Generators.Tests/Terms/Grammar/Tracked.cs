namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>
/// A number, its derivative along a direction (forward mode), and how far rounding may take a computation of it from the exact one:
/// first-order running error analysis. Independent of the compiler.
/// </summary>
/// <param name="Value">The number.</param>
/// <param name="Slope">Its derivative along the direction.</param>
/// <param name="Size">Sum of the absolute values of what it was added up from: kernels add in another order, and multiply out.</param>
/// <param name="Error">Bound of the error, in units of the relative rounding error of one operation.</param>
/// <param name="IsTable">Whether it depends on positions alone: then it is the float that C# computes, in every kernel.</param>
internal readonly record struct Tracked(double Value, double Slope, double Size, double Error, bool IsTable = false)
{
    /// <summary>What the function of a library may be off by, in the same units.</summary>
    private const double FunctionError = 3;

    public static Tracked Exact(double value) => new(value, 0, Math.Abs(value), 0, true);

    /// <summary>A constant that is rounded.</summary>
    public static Tracked Near(double value) => new(value, 0, Math.Abs(value), Math.Abs(value));

    public static implicit operator Tracked(float value) => Exact(value);

    public static Tracked operator -(Tracked a) => a with { Value = -a.Value, Slope = -a.Slope };

    public static Tracked operator +(Tracked a, Tracked b) => Table(a, b, (x, y) => x + y) ?? Rounded(a.Value + b.Value, a.Slope + b.Slope, a.Size + b.Size, a.Error + b.Error);

    public static Tracked operator -(Tracked a, Tracked b) => a + -b;

    public static Tracked operator *(Tracked a, Tracked b) => Table(a, b, (x, y) => x * y) ?? Rounded(
        a.Value * b.Value, a.Slope * b.Value + a.Value * b.Slope, a.Size * b.Size, a.Size * b.Error + b.Size * a.Error);

    /// <summary>Multiplied by the reciprocal, perhaps: two roundings.</summary>
    public static Tracked operator /(Tracked a, Tracked b)
    {
        double value = a.Value / b.Value, size = a.Size / Math.Abs(b.Value);
        return Table(a, b, (x, y) => x / y) ?? Rounded(value, (a.Slope - value * b.Slope) / b.Value, 2 * size, (a.Error + Math.Abs(value) * b.Error) / Math.Abs(b.Value));
    }

    public static Tracked Exp(Tracked a) => Function(MathF.Exp, a, Math.Exp(a.Value), Math.Exp(a.Value));

    public static Tracked Log(Tracked a) => Function(MathF.Log, a, Math.Log(a.Value), 1 / a.Value);

    public static Tracked Log2(Tracked a) => a.IsTable ? Exact(MathF.Log2((float)a.Value)) : Log(a) * Near(1 / Math.Log(2));

    public static Tracked Log10(Tracked a) => a.IsTable ? Exact(MathF.Log10((float)a.Value)) : Log(a) * Near(1 / Math.Log(10));

    public static Tracked Tanh(Tracked a) => Function(MathF.Tanh, a, Math.Tanh(a.Value), 1 - Math.Pow(Math.Tanh(a.Value), 2));

    public static Tracked Sin(Tracked a) => Function(MathF.Sin, a, Math.Sin(a.Value), Math.Cos(a.Value));

    public static Tracked Cos(Tracked a) => Function(MathF.Cos, a, Math.Cos(a.Value), -Math.Sin(a.Value));

    public static Tracked Sinh(Tracked a) => Function(MathF.Sinh, a, Math.Sinh(a.Value), Math.Cosh(a.Value), Math.Cosh(a.Value));

    public static Tracked Cosh(Tracked a) => Function(MathF.Cosh, a, Math.Cosh(a.Value), Math.Sinh(a.Value));

    public static Tracked FusedMultiplyAdd(Tracked a, Tracked b, Tracked c) => a.IsTable && b.IsTable && c.IsTable
        ? Exact(MathF.FusedMultiplyAdd((float)a.Value, (float)b.Value, (float)c.Value))
        : (a with { IsTable = false }) * b + c;

    /// <summary>A whole power, as products.</summary>
    public static Tracked Power(Tracked a, int exponent) => a.IsTable ? Exact(MathF.Pow((float)a.Value, exponent))
        : exponent < 0 ? (Tracked)1f / Power(a, -exponent)
        : Enumerable.Repeat(a, exponent).Aggregate((x, y) => x * y);

    /// <summary>As ½ tanh(½ a) + ½: small results are differences.</summary>
    public static Tracked Sigmoid(Tracked a)
    {
        double value = 1 / (1 + Math.Exp(-a.Value));
        return Function(null, a, value, value * (1 - value), 1);
    }

    /// <summary>Near 0 an error of the operand becomes its root.</summary>
    public static Tracked Sqrt(Tracked a)
    {
        if (a.IsTable)
        {
            return Exact(MathF.Sqrt((float)a.Value));
        }

        double value = Math.Sqrt(a.Value);
        double error = Math.Min(a.Error / (2 * value), Math.Sqrt(a.Error) * 4096);
        return new(value, a.Slope == 0 ? 0 : a.Slope / (2 * value), value, error + FunctionError * value);
    }

    /// <summary>A constant power as exp(b log a).</summary>
    public static Tracked Power(Tracked a, double exponent)
    {
        double value = Math.Pow(a.Value, exponent);
        Tracked result = Function(x => MathF.Pow(x, (float)exponent), a, value, exponent * Math.Pow(a.Value, exponent - 1));
        return a.IsTable ? result : result with { Error = result.Error + FunctionError * Math.Abs(value * exponent * Math.Log(Math.Abs(a.Value))) };
    }

    private static Tracked? Table(Tracked a, Tracked b, Func<float, float, float> operation) =>
        a.IsTable && b.IsTable ? Exact(operation((float)a.Value, (float)b.Value)) : null;

    /// <param name="library">What C# calls it; null where nothing of positions alone is given to it.</param>
    /// <param name="a">The operand.</param>
    /// <param name="value">The value.</param>
    /// <param name="derivative">The derivative.</param>
    /// <param name="size">The size of what it is made of, where that is not the value.</param>
    private static Tracked Function(Func<float, float>? library, Tracked a, double value, double derivative, double? size = null) =>
        a.IsTable && library is not null ? Exact(library((float)a.Value)) : new(
        value, a.Slope * derivative, Math.Abs(value), Math.Abs(derivative) * a.Error + FunctionError * (size ?? Math.Abs(value)));

    private static Tracked Rounded(double value, double slope, double size, double error) => new(value, slope, size, error + size);
}
