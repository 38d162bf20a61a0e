using System.Globalization;

namespace Qama;

/// <content>Functions of every element.</content>
public readonly partial struct Vec
{
    /// <summary>|a|, element by element.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Abs(Vec a) => Map(a, MathF.Abs);

    /// <summary>a², element by element.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Square(Vec a) => Map(a, static x => x * x);

    /// <summary>√a, element by element; NaN below 0.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Sqrt(Vec a) => Map(a, MathF.Sqrt);

    /// <summary>eᵃ, element by element.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Exp(Vec a) => Map(a, MathF.Exp);

    /// <summary>ln a, element by element; NaN below 0.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Log(Vec a) => Map(a, MathF.Log);

    /// <summary>log₂ a, element by element; NaN below 0.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Log2(Vec a) => Map(a, MathF.Log2);

    /// <summary>tanh a, element by element.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Tanh(Vec a) => Map(a, MathF.Tanh);

    /// <summary>sin a, element by element.</summary>
    /// <param name="a">The vector, in radians.</param>
    public static Vec Sin(Vec a) => Map(a, MathF.Sin);

    /// <summary>cos a, element by element.</summary>
    /// <param name="a">The vector, in radians.</param>
    public static Vec Cos(Vec a) => Map(a, MathF.Cos);

    /// <summary>The logistic function 1 / (1 + e⁻ᵃ), element by element; computed without overflow on either side.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Sigmoid(Vec a) => Map(a, static x =>
    {
        float e = MathF.Exp(-MathF.Abs(x));
        return (x < 0 ? e : 1) / (1 + e);
    });

    /// <summary>max(a, 0), element by element; NaN stays.</summary>
    /// <param name="a">The vector.</param>
    public static Vec Relu(Vec a) => Max(a, 0);

    /// <summary>The larger of a and b, element by element; NaN where either is NaN.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec Max(Vec a, Vec b) => Map(a, b, MathF.Max);

    /// <summary>The larger of a and b for every element of a; NaN where either is NaN.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec Max(Vec a, float b) => Map(a, x => MathF.Max(x, b));

    /// <summary>The smaller of a and b, element by element; NaN where either is NaN.</summary>
    /// <param name="a">One vector.</param>
    /// <param name="b">The other.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static Vec Min(Vec a, Vec b) => Map(a, b, MathF.Min);

    /// <summary>The smaller of a and b for every element of a; NaN where either is NaN.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="b">The number.</param>
    public static Vec Min(Vec a, float b) => Map(a, x => MathF.Min(x, b));

    /// <summary>min(max(a, lowest), highest), element by element; NaN stays.</summary>
    /// <param name="a">The vector.</param>
    /// <param name="lowest">Lower end.</param>
    /// <param name="highest">Upper end.</param>
    /// <exception cref="ArgumentException"><paramref name="lowest"/> is not at most <paramref name="highest"/>.</exception>
    public static Vec Clamp(Vec a, float lowest, float highest) => lowest <= highest
        ? Map(a, x => MathF.Min(MathF.Max(x, lowest), highest))
        : throw new ArgumentException(
            string.Create(CultureInfo.InvariantCulture, $"Expected at most highest = {highest}, got {lowest}."), nameof(lowest));

    /// <summary>softmax(a)_d = e^(a_d − max a) / Σ_e e^(a_e − max a): positive, of sum 1. The sum is taken in index
    /// order. NaN where the largest element is infinite.</summary>
    /// <param name="a">The vector, not empty.</param>
    /// <exception cref="ArgumentException">The vector is empty.</exception>
    public static Vec Softmax(Vec a)
    {
        Vec exponentials = Exp(a - Max(a));
        return exponentials / Sum(exponentials);
    }
}
