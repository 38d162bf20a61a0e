using System;

namespace Qama.Generators.Energy;

/// <summary>Bounds of what C#'s types make of numbers: rounding, wrapping around, cutting to whole numbers.</summary>
internal static class TypeBounds
{
    /// <summary>What a library's function may be off by, relative to its result: some units in the last place of a float, or of a double.</summary>
    private const double FunctionError = 4.0 / (1 << 23), DoubleFunctionError = 4.0 / (1L << 50);

    /// <summary>More than the error of one operation in double, by which ends of intervals may be off.</summary>
    private const double EndError = 1.0 / (1L << 50);

    /// <summary>Bounds of a result that is between <paramref name="exact"/> for real numbers.</summary>
    public static Interval Of(LiteralOperation operation, Interval exact)
    {
        if (operation.Type.IsWhole())
        {
            return Whole(operation, exact);
        }

        double error = operation.Type == NumberType.Single ? FunctionError : DoubleFunctionError;
        return operation.Kind switch
        {
            TermOperation.Negate or TermOperation.Abs or TermOperation.Max or TermOperation.Min or TermOperation.Clamp => exact,
            TermOperation.Add or TermOperation.Subtract or TermOperation.Multiply or TermOperation.Divide or TermOperation.Sqrt
                or TermOperation.FusedMultiplyAdd or TermOperation.Convert => Rounded(operation.Type, exact, EndError),
            TermOperation.Exp or TermOperation.Cosh or TermOperation.Power =>
                Rounded(operation.Type, exact, error).Meet(exact.Low >= 0 ? Interval.Positive : Interval.Reals),
            TermOperation.Tanh or TermOperation.Sin or TermOperation.Cos =>
                Rounded(operation.Type, exact, error).Intersect(new Interval(-1, 1)),
            _ => Rounded(operation.Type, exact, error),
        };
    }

    /// <summary>Quotients of whole numbers, rounded towards 0; those by 0 throw.</summary>
    public static Interval Quotient(Interval a, Interval b)
    {
        if (b.Contains(0) || !a.IsBounded || !b.IsBounded)
        {
            return new Interval(a.Low < 0 || b.Low < 0 ? -a.Magnitude : 0, a.Magnitude);
        }

        double ll = Math.Truncate(a.Low / b.Low), lh = Math.Truncate(a.Low / b.High);
        double hl = Math.Truncate(a.High / b.Low), hh = Math.Truncate(a.High / b.High);
        return new Interval(Math.Min(Math.Min(ll, lh), Math.Min(hl, hh)), Math.Max(Math.Max(ll, lh), Math.Max(hl, hh)));
    }

    /// <summary>Remainders of whole numbers, with the sign of the first.</summary>
    public static Interval Remainder(Interval a, Interval b)
    {
        double largest = Math.Min(a.Magnitude, Math.Max(0, b.Magnitude - 1));
        return new Interval(a.Low < 0 ? -largest : 0, a.High > 0 ? largest : 0);
    }

    /// <summary>Both the numbers and what they are rounded to: kernels in double do not round to float.</summary>
    private static Interval Rounded(NumberType type, Interval exact, double error)
    {
        double low = exact.Low - (Math.Abs(exact.Low) * error), high = exact.High + (Math.Abs(exact.High) * error);
        return type == NumberType.Double ? new Interval(low, high).Join(exact)
            : exact.Join(new Interval((float)low, (float)high));
    }

    private static Interval Whole(LiteralOperation operation, Interval exact)
    {
        (long lowest, long highest) = operation.Type.Range();
        var range = new Interval(lowest, highest);

        // A double holds no larger whole numbers exactly.
        Interval bounds = exact.Magnitude < ExpressionPool.LargestWhole ? exact : Widened(exact);
        if (range.Low <= bounds.Low && bounds.High <= range.High)
        {
            return bounds;
        }

        // Of real numbers int and long keep the nearest they have; what is shorter is cut from an int.
        bool saturates = operation is { Kind: TermOperation.Convert, Type: NumberType.Int32 or NumberType.Int64 }
            && operation.Source.IsReal();
        return !saturates && !operation.IsChecked ? range
            : new Interval(Clamp(bounds.Low, range), Clamp(bounds.High, range));
    }

    private static Interval Widened(Interval bounds) => new(
        bounds.Low - (Math.Abs(bounds.Low) * EndError), bounds.High + (Math.Abs(bounds.High) * EndError));

    private static double Clamp(double value, Interval range) => Math.Max(range.Low, Math.Min(range.High, value));
}
