using System;
using System.Collections.Generic;

namespace Qama.Generators.Energy;

/// <summary>A number while a function is computed.</summary>
/// <param name="Real">Its value; a whole number's where a double holds it.</param>
/// <param name="Whole">The value of a whole number.</param>
/// <param name="Throws">Whether there is none: C# throws an exception.</param>
internal readonly record struct Number(double Real, long Whole, bool Throws = false)
{
    /// <summary>What has no value because an exception was thrown.</summary>
    public static readonly Number None = new(double.NaN, 0, true);

    public static Number Of(double value) => new(value, Math.Abs(value) < 9.2e18 ? (long)value : 0);

    public static Number Of(long value) => new(value, value);
}

/// <summary>
/// C#'s arithmetic as .NET 10 does it: float rounds after every operation, whole numbers wrap around or throw, real numbers are cut
/// to whole ones towards 0 and kept in int or long.
/// </summary>
internal static class Arithmetic
{
    /// <summary>The result of an operation.</summary>
    public static Number Compute(LiteralOperation operation, Number a, Number b, Number c)
    {
        if (operation.Kind == TermOperation.Select)
        {
            return a.Throws ? Number.None : a.Real != 0 ? b : c;
        }

        bool none = a.Throws || b.Throws || c.Throws || operation.Kind == TermOperation.Throw
            || (operation.Kind == TermOperation.Clamp && b.Real > c.Real);
        return none ? Number.None
            : operation.Kind == TermOperation.Convert ? Convert(operation, a)
            : operation.Type.IsWhole() ? Whole(operation, a.Whole, b.Whole, c.Whole)
            : Number.Of(Real(operation, a.Real, b.Real, c.Real));
    }

    /// <summary>Real numbers rounded to a type.</summary>
    private static double Real(LiteralOperation operation, double a, double b, double c)
    {
        bool single = operation.Type == NumberType.Single;

        // Rounding to double and then to float is rounding to float once, for these operations of floats.
        double? exact = operation.Kind switch
        {
            TermOperation.Negate => -a,
            TermOperation.Add => a + b,
            TermOperation.Subtract => a - b,
            TermOperation.Multiply => a * b,
            TermOperation.Divide => a / b,
            TermOperation.Abs => Math.Abs(a),
            TermOperation.Sqrt => Math.Sqrt(a),
            TermOperation.Max => Larger(a, b),
            TermOperation.Min => -Larger(-a, -b),
            TermOperation.Clamp => a < b ? b : a > c ? c : a,
            _ => null,
        };
        return exact is { } value ? (single ? (float)value : value)
            : single ? SingleFunctions.Call(operation.Kind, (float)a, (float)b, (float)c)
            : DoubleFunctions.Call(operation.Kind, a, b, c);
    }

    /// <summary>The larger one; NaN where either is, and 0 is larger than −0.</summary>
    private static double Larger(double a, double b) =>
        double.IsNaN(a) || a > b ? a : a == b ? (BitConverter.DoubleToInt64Bits(a) < 0 ? b : a) : b;

    private static Number Whole(LiteralOperation operation, long a, long b, long c)
    {
        (long low, long high) = operation.Type.Range();
        try
        {
            return operation.Kind switch
            {
                TermOperation.WholeQuotient or TermOperation.WholeRemainder when b == 0 || (b == -1 && a == low) => Number.None,
                TermOperation.Abs when a == low && low < 0 => Number.None,
                TermOperation.WholeQuotient => Number.Of(a / b),
                TermOperation.WholeRemainder => Number.Of(a % b),
                TermOperation.Abs => Number.Of(Math.Abs(a)),
                TermOperation.Max => Number.Of(Math.Max(a, b)),
                TermOperation.Min => Number.Of(Math.Min(a, b)),
                TermOperation.Clamp => Number.Of(Math.Max(b, Math.Min(a, c))),
                _ => Fit(operation, operation.IsChecked ? checked(Sum(operation.Kind, a, b, true)) : Sum(operation.Kind, a, b, false)),
            };
        }
        catch (OverflowException)
        {
            return Number.None;
        }
    }

    private static long Sum(TermOperation operation, long a, long b, bool isChecked) => operation switch
    {
        TermOperation.Negate => isChecked ? checked(-a) : unchecked(-a),
        TermOperation.Add => isChecked ? checked(a + b) : unchecked(a + b),
        TermOperation.Subtract => isChecked ? checked(a - b) : unchecked(a - b),
        TermOperation.Multiply => isChecked ? checked(a * b) : unchecked(a * b),
        _ => throw new InvalidOperationException($"{operation} is no operation of whole numbers."),
    };

    private static Number Convert(LiteralOperation conversion, Number a)
    {
        NumberType type = conversion.Type;
        if (!type.IsWhole())
        {
            bool single = type == NumberType.Single;
            return Number.Of((conversion.Source.IsWhole(), single) switch
            {
                (true, true) => (float)a.Whole,
                (true, false) => (double)a.Whole,
                (false, true) => (float)a.Real,
                _ => a.Real,
            });
        }

        if (!conversion.Source.IsReal())
        {
            return Fit(conversion, a.Whole);
        }

        double cut = Math.Truncate(a.Real);
        (long low, long high) = type.Range();
        if (conversion.IsChecked)
        {
            // The next double above long's largest number is its size.
            bool fits = cut >= low && (type == NumberType.Int64 ? cut < -(double)long.MinValue : cut <= high);
            return fits ? Number.Of((long)cut) : Number.None;
        }

        // Shorter types get what int keeps.
        (low, high) = (type == NumberType.Int64 ? type : NumberType.Int32).Range();
        return double.IsNaN(cut) ? Number.Of(0L) : Fit(conversion, cut <= low ? low : cut >= high ? high : (long)cut);
    }

    /// <summary>A whole number in a type.</summary>
    private static Number Fit(LiteralOperation operation, long value)
    {
        (long low, long high) = operation.Type.Range();
        return value >= low && value <= high ? Number.Of(value)
            : operation.IsChecked ? Number.None
            : Number.Of(operation.Type switch
            {
                NumberType.SByte => unchecked((sbyte)value),
                NumberType.Byte => unchecked((byte)value),
                NumberType.Int16 => unchecked((short)value),
                NumberType.UInt16 => unchecked((ushort)value),
                _ => (long)unchecked((int)value),
            });
    }

    /// <summary>Functions of float; of double, rounded, where the compiler's runtime has none.</summary>
    private static class SingleFunctions
    {
        private static readonly Dictionary<string, Delegate?> _functions = [];

        public static float Call(TermOperation operation, float a, float b, float c)
        {
            string name = NameOf(operation);
            Delegate? function;
            lock (_functions)
            {
                if (!_functions.TryGetValue(name, out function))
                {
                    function = Library.Find("System.MathF", name, Arity(operation), typeof(float));
                    _functions.Add(name, function);
                }
            }

            return function switch
            {
                Func<float, float> one => one(a),
                Func<float, float, float> two => two(a, b),
                Func<float, float, float, float> three => three(a, b, c),
                _ => (float)DoubleFunctions.Call(operation, a, b, c),
            };
        }
    }

    private static class DoubleFunctions
    {
        private static readonly Func<double, double>? _log2 = (Func<double, double>?)Library.Find("System.Math", "Log2", 1, typeof(double));

        private static readonly Func<double, double, double, double>? _fused =
            (Func<double, double, double, double>?)Library.Find("System.Math", "FusedMultiplyAdd", 3, typeof(double));

        public static double Call(TermOperation operation, double a, double b, double c) => operation switch
        {
            TermOperation.Exp => Math.Exp(a),
            TermOperation.Log => Math.Log(a),
            TermOperation.Log2 => _log2 is null ? Math.Log(a) / Math.Log(2) : _log2(a),
            TermOperation.Log10 => Math.Log10(a),
            TermOperation.LogOfBase => Math.Log(a, b),
            TermOperation.Tanh => Math.Tanh(a),
            TermOperation.Sinh => Math.Sinh(a),
            TermOperation.Cosh => Math.Cosh(a),
            TermOperation.Sin => Math.Sin(a),
            TermOperation.Cos => Math.Cos(a),
            TermOperation.Tan => Math.Tan(a),
            TermOperation.Power => Math.Pow(a, b),
            TermOperation.FusedMultiplyAdd => _fused is null ? (a * b) + c : _fused(a, b, c),
            _ => throw new InvalidOperationException($"{operation} is no operation of numbers."),
        };
    }

    /// <summary>The name of a function in Math and MathF.</summary>
    public static string NameOf(TermOperation operation) => operation switch
    {
        TermOperation.LogOfBase => "Log",
        TermOperation.Power => "Pow",
        _ => operation.ToString(),
    };

    private static int Arity(TermOperation operation) => operation switch
    {
        TermOperation.FusedMultiplyAdd => 3,
        TermOperation.LogOfBase or TermOperation.Power => 2,
        _ => 1,
    };

    /// <summary>Functions that the generator's own target has not, and the runtime it is loaded into may have.</summary>
    private static class Library
    {
        public static Delegate? Find(string type, string name, int arity, Type number)
        {
            Type[] parameters = new Type[arity], all = new Type[arity + 1];
            for (int i = 0; i <= arity; i++)
            {
                all[i] = number;
            }

            Array.Copy(all, parameters, arity);
            Type function = (arity switch { 1 => typeof(Func<,>), 2 => typeof(Func<,,>), _ => typeof(Func<,,,>) }).MakeGenericType(all);
            return typeof(Math).Assembly.GetType(type)?.GetMethod(name, parameters)?.CreateDelegate(function);
        }
    }
}
