using System;
using System.Globalization;

namespace Qama.Generators.Energy;

/// <summary>The real numbers from <see cref="Low"/> to <see cref="High"/>, ends included where they are finite.</summary>
/// <remarks>Ends are computed in double precision without directed rounding: they may be off by a few units in the last
/// place.</remarks>
internal readonly record struct Interval(double Low, double High)
{
    public static readonly Interval Reals = new(double.NegativeInfinity, double.PositiveInfinity);
    public static readonly Interval Positive = new(0, double.PositiveInfinity);
    public static readonly Interval Negative = new(double.NegativeInfinity, 0);
    public static readonly Interval Unit = new(0, 1);

    public static Interval Point(double value) => new(value, value);

    public bool IsBounded => !double.IsInfinity(Low) && !double.IsInfinity(High);

    /// <summary>No number at all: the expression is undefined wherever its inputs are (the logarithm of a negative range).</summary>
    public bool IsEmpty => !(Low <= High);

    /// <summary>The largest absolute value.</summary>
    public double Magnitude => Math.Max(Math.Abs(Low), Math.Abs(High));

    public bool Contains(double value) => Low <= value && value <= High;

    public Interval Intersect(Interval other) => new(Math.Max(Low, other.Low), Math.Min(High, other.High));

    /// <summary>What two true bounds of one value say together. They always overlap, up to rounding: ends that have crossed
    /// change places. An empty bound says nothing.</summary>
    public Interval Meet(Interval other)
    {
        if (other.IsEmpty)
        {
            return this;
        }

        Interval both = Intersect(other);
        return both.Low <= both.High ? both : new Interval(both.High, both.Low);
    }

    /// <summary>The same bounds, with ends beyond the largest double where a finite number lies between.</summary>
    public Interval Finite() => new(
        double.IsPositiveInfinity(Low) ? double.MaxValue : Low, double.IsNegativeInfinity(High) ? double.MinValue : High);

    /// <summary>The smallest interval around both.</summary>
    public Interval Join(Interval other) => new(Math.Min(Low, other.Low), Math.Max(High, other.High));

    public static Interval operator -(Interval a) => new(-a.High, -a.Low);

    public static Interval operator +(Interval a, Interval b) => new(a.Low + b.Low, a.High + b.High);

    public static Interval operator -(Interval a, Interval b) => new(a.Low - b.High, a.High - b.Low);

    public static Interval operator *(Interval a, Interval b)
    {
        double ll = Product(a.Low, b.Low), lh = Product(a.Low, b.High), hl = Product(a.High, b.Low), hh = Product(a.High, b.High);
        return new Interval(Math.Min(Math.Min(ll, lh), Math.Min(hl, hh)), Math.Max(Math.Max(ll, lh), Math.Max(hl, hh)));
    }

    public static Interval operator *(double a, Interval b) => Point(a) * b;

    /// <summary>All quotients; a divisor of 0 itself has none.</summary>
    public static Interval operator /(Interval a, Interval b)
    {
        if (b.Low < 0 && b.High > 0)
        {
            return Reals;
        }

        if (b.Low == 0 && b.High == 0)
        {
            return new Interval(double.NaN, double.NaN);
        }

        // A range that ends at 0 has reciprocals that end at infinity, of its own sign.
        return a * new Interval(
            b.High == 0 ? double.NegativeInfinity : 1 / b.High, b.Low == 0 ? double.PositiveInfinity : 1 / b.Low);
    }

    public Interval Square()
    {
        double low = Low * Low, high = High * High;
        return new Interval(Contains(0) ? 0 : Math.Min(low, high), Math.Max(low, high));
    }

    /// <summary>The image under a rising function.</summary>
    public Interval Rising(Func<double, double> function) => new(function(Low), function(High));

    public override string ToString() => string.Format(CultureInfo.InvariantCulture, "[{0:G9}, {1:G9}]", Low, High);

    /// <summary>0 times unbounded is 0: every number in an unbounded range is finite.</summary>
    private static double Product(double a, double b) => a == 0 || b == 0 ? 0 : a * b;
}
