using System.Globalization;

namespace Qama.Tool.Inspecting;

/// <summary>A number as a function of tokens, a·N² + b·N + c.</summary>
internal sealed record TokenFormula(double Square, double Linear, double Constant)
{
    /// <summary>The formula of a function, where it is one at five multiples of a length: rows of tokens are padded, so
    /// that in between it
    /// may be a little more. Null where it is none, or too large to be computed.</summary>
    public static TokenFormula? Of(Func<int, double?> function, int step)
    {
        if (step > int.MaxValue / 5)
        {
            return null;
        }

        double?[] values = [.. Enumerable.Range(1, 5).Select(k => function(k * step))];
        if (values is not [{ } y1, { } y2, { } y3, ..])
        {
            return null;
        }

        double n = step;
        double square = (y3 - (2 * y2) + y1) / (2 * n * n);
        double linear = ((y2 - y1) / n) - (3 * square * n);
        var formula = new TokenFormula(square, linear, y1 - (linear * n) - (square * n * n));
        return values.Select((y, k) =>
            y is { } value && Math.Abs(formula.At((k + 1) * n) - value) <= 1e-9 * Math.Abs(value))
            .All(same => same) ? formula : null;
    }

    /// <summary>The value for a number of tokens.</summary>
    public double At(double tokens) => (((Square * tokens) + Linear) * tokens) + Constant;

    /// <inheritdoc/>
    public override string ToString()
    {
        (double Factor, string Power)[] parts = [(Square, " N²"), (Linear, " N"), (Constant, "")];
        string text = "";
        foreach ((double factor, string power) in parts)
        {
            double rounded = Math.Round(factor, 6);
            if (rounded == 0)
            {
                continue;
            }

            string sign = text.Length == 0 ? (rounded < 0 ? "−" : "") : rounded < 0 ? " − " : " + ";
            string number = Math.Abs(rounded) == 1 && power.Length > 0 ? power.Trim()
                : Math.Abs(rounded).ToString("#,0.######", CultureInfo.InvariantCulture) + power;
            text += sign + number;
        }

        return text.Length == 0 ? "0" : text;
    }
}
