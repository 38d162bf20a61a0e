using System.Globalization;

namespace Qama.Generators.Tests.Survival;

/// <summary>A construct of the language of terms, repeated: as the tree it stands for, a formula can grow exponentially with it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Body">The body of a coupling term for a number of repetitions, and further members of the class.</param>
/// <param name="Most">More repetitions take the C# compiler itself too long, or too deep where they are inside one another.</param>
internal sealed record Bomb(string Name, Func<int, (string Body, string Members)> Body, int Most = 10_000)
{
    private const int MostNested = 100, MostStatements = 100;

    private const string Scalar = "float x = 0.5f * Vec.Dot(q, k) + a;";
    private const string Vector = "Vec v = q * k;";

    /// <summary>Everything a statement or an expression can repeat.</summary>
    public static IReadOnlyList<Bomb> All { get; } =
    [
        // Statements one after the other: each reads the last one's variable several times.
        .. Scalars(
            "x = x + (x - a);", "x = x * (x + 1f);", "x = x / (x * x + 1f);", "x = -x * x;", "x += x * #;", "x -= a / (x + 2f);",
            "x = MathF.Sin(x) + MathF.Cos(x);", "x = MathF.Tanh(x) * x;", "x = MathF.Exp(-x * x) + x;", "x = MathF.Log(1f + x * x) - x;",
            "x = MathF.Sqrt(1f + x * x) + x;", "x = MathF.Abs(x) - x;", "x = MathF.Tan(x) + x;", "x = MathF.Sinh(x) / MathF.Cosh(x) + x;",
            "x = MathF.Log2(2f + x * x) * MathF.Log10(3f + x * x);", "x = MathF.Log(4f + x * x, 3f + x * x);", "x = MathF.Max(x * 2f, x - #);",
            "x = MathF.Min(x, 1f - x) + x;", "x = Math.Clamp(x + #f, -x * x, x * x + 1f);", "x = MathF.Pow(x, 31f);",
            "x = MathF.Pow(x * x + 1f, x);", "x = MathF.FusedMultiplyAdd(x, x, x);", "x = 0.5f * (x + a / x);",
            "x = 0.5f * x * (1f + MathF.Tanh(0.8f * (x + 0.04f * x * x * x)));",
            "x = x > #.5f ? x * a : x - 1f;", "x = x > 1f && x < 3f || !(x > #f) ? x * a : -x;", "x = x is > 1f and < 3f or < -#f ? x * x : a - x;",
            "x = x switch { < 0f => x * 2f, > 3f when x < #f => x + a, _ => x * x };", "x = pair.I switch { 0 => x, > 3 => x + a, _ => x * x };",
            "if (x > #.5f) { x = x * a; } else { x -= 0.1f; }", "if (x > #.5f) { if (x < #.7f) { return x * #.3f; } x += a; }",
            "if (x > #.5f) return x * #.25f; x = x * x + a;", "for (int n = 0; n < 2; n++) { x = x * (x + n); }",
            "(x, a) = (x * a, x + a);", "{ float y = x * x; x = y - x; }", "x = F(x) + F(x + #);", "x = (float)((double)x * x);",
            "x = x * (pair.I % 3) + pair.J / 2 * x;", "x = x + MathF.Sqrt(pair.Distance + #f) * x;", "x = x * (x > 0f == x < #f ? 1f : 2f);"),
        .. Vectors(
            "v = v + (v - k);", "v = v * v * k;", "v = v / (v * v + 1f);", "v = -v * v;", "v = v * Vec.Sum(v);", "v = Vec.Softmax(v * a) + v;",
            "v = Vec.Max(v * k, v - #.5f);", "v = Vec.Min(v, k - v);", "v = Vec.Relu(v * #.5f) + v;", "v = Vec.Sigmoid(v) * v;",
            "v = Vec.Square(v) - v;", "v = Vec.Mean(v) > #.5f ? v * k : v - q;", "v = v / (Vec.Norm(v) + 1e-3f);", "v = v - Vec.LogSumExp(v);",
            "v = v * (Vec.Max(v) - Vec.Min(v));", "v = v + Vec.Dot(v, k) * q;", "v = Vec.Exp(-v * v) + Vec.Log(1f + v * v);",
            "v = Vec.Clamp(v, -1f, 1f) * v;", "v = v - Vec.SquaredDistance(v, k) * v;", "v = v * Vec.SquaredNorm(v);",
            "v = Vec.Tanh(v) + Vec.Sin(v) * Vec.Cos(v);", "v = Vec.Abs(v) + Vec.Sqrt(v * v + 1f);"),

        // Expressions inside one another, as values and as conditions.
        .. Nested(
            "($)", "- $", "+ $", "(float)(double)$", "(a + $)", "($ + a)", "a * ($ + 1f)", "MathF.Sin($)", "F($)", "MathF.Max($, a)", "Half(x, $)",
            "(x > 0f ? $ : a)", "(x > 0f ? a : $)", "(x > 0f ? a : x > 1f ? $ : x)", "(pair.I switch { 0 => a, _ => $ })",
            "(($) switch { > 0f => a, _ => x })", "(($) > 0f ? a : x)", "(($) is > 0f and < 1f ? x : a)", "MathF.Pow($, 2f)"),

        // Long lists of one kind.
        new("statements", n => ($"{Scalar} {Repeat("x = x * (x + #f); ", n)} return x;", "")),
        new("vector statements", n => ($"{Vector} {Repeat("v = v * v - k; ", n)} return Vec.Sum(v);", ""), 2000),
        new("operands", n => ($"{Scalar} return x{Repeat(" + pair.I", n)};", "")),
        new("different operands", n => ($"{Scalar} return x{Repeat(" + pair.I * #.5f", n)};", "")),
        new("factors", n => ($"{Scalar} return x{Repeat(" * a", n)};", "")),
        new("conditions", n => ($"{Scalar} return x > 0f{Repeat(" && x < #.5f", n)} ? a : x;", "")),
        new("alternatives", n => ($"{Scalar} return x > 0f{Repeat(" || x < -#.5f", n)} ? a : x;", ""), 2000),
        new("patterns", n => ($"{Scalar} return pair.I is 0{Repeat(" or #", n)} ? a : x;", ""), 300),
        new("arms", n => ($"{Scalar} return pair.I switch {{ {Repeat("# => x * #f, ", n)}_ => a }};", ""), 1000),
        new("else if", n => ($"{Scalar} if (x > 0f) {{ x = a; }} {Repeat("else if (x > #f) { x += #f; } ", n)} return x;", ""), 2000),
        new("else if return", n => ($"{Scalar} if (x > 0f) {{ return a; }} {Repeat("else if (x > #f) { return #f * x; } ", n)} return x;", ""), 2000),
        new("locals", n => ($"{Scalar} {Repeat("float y# = x + #f; if (x > #f) x = y#; ", n)} return x;", ""), 2000),
        new("turns", n => ($"{Scalar} for (int n = 0; n < {n}; n++) x = x * (x + a); return x;", "")),
        new("turns of turns", n => ($"{Scalar} for (int n = 0; n < {n}; n++) for (int m = 0; m < {n}; m++) x = x * (x + m); return x;", "")),
        new("idle turns", n => ($"{Scalar} for (int n = 0; n < {n}; n++) for (int m = 0; m < {n}; m++) {{ }} return x;", "")),
        new("blocks", n => ($"{Scalar} {Repeat("{ x += a * x; ", n)}{new string('}', n)} return x;", ""), MostNested),
        new("ifs", n => ($"{Scalar} {Repeat("if (x > #f) { x += a * x; ", n)}{new string('}', n)} return x;", ""), MostNested),
        new("returning ifs", n => ($"{Scalar} {Repeat("if (x > #f) { if (a > #f) return x; x += a; ", n)}{new string('}', n)} return x;", ""), MostNested),

        // Calls and fields that stand for twice as much each.
        new("calls of calls", n => ($"{Scalar} return F{n}(x);", "static float F0(float x) => x;\n"
            + Repeat("static float F@(float x) => F#(F#(x));\n", n)), 1000),
        new("calls of working calls", n => ($"{Scalar} return F{n}(x);", "static float F0(float x) => 0.5f * x;\n"
            + Repeat("static float F@(float x) => F#(F#(x));\n", n)), 1000),
        new("sums of calls", n => ($"{Scalar} return F{n}(x);", "static float F0(float x) => x;\n"
            + Repeat("static float F@(float x) => F#(x) + F#(x);\n", n)), 1000),
        new("fields of fields", n => ($"{Scalar} return F{n} * x;", "static readonly float F0 = 1f;\n"
            + Repeat("static readonly float F@ = 0.5f * (F# + F#);\n", n)), 1000),

        // Functions of positions become tables and static methods.
        new("positions", n => ($"{Scalar} float y = pair.I; {Repeat("y = MathF.Sin(y) + MathF.Cos(y * (pair.J + #));", n)} return x * y;", ""), 2000),
        new("many tables", n => ($"{Scalar} {Repeat("x = x * MathF.Cos(pair.Distance + #f);", n)} return x;", ""), 2000),
        new("whole numbers", n => ($"{Scalar} int y = pair.I; {Repeat("y = y * y % 7 + y / 2;", n)} return x * y;", ""), 2000),
        new("learnables", n => ($"{Scalar} return x * Sum(a);", "static float Sum(float a) => a;\n[CouplingTerm] static float Other(Vec q, Vec k"
            + Repeat(", [Learnable(#)] float y#", n) + $") => Vec.Dot(q, k){Repeat(" * y#", n)};"), 2000),
        new("terms", n => ($"{Scalar} return x;", Repeat("[CouplingTerm] static float T#(Vec q, Vec k) => Vec.Dot(q - #f, k);\n", n)), 1000),
        new("pair terms", n => ($"{Scalar} return x;", "[PairTerm(Weight = 1)] static float P(TokenPair pair) { float y = pair.I; "
            + Repeat("y = MathF.Sin(y) + y;", n) + " return y; }"), 2000),
        new("field terms", n => ($"{Scalar} return x;", "[FieldTerm] static float S(Vec v) { Vec y = v; "
            + Repeat("y = y * Vec.Sigmoid(y) + y;", n) + " return Vec.Sum(y); }"), 2000),
    ];

    /// <summary>A class with the term.</summary>
    public string Source(int repetitions, string type = "M")
    {
        (string body, string members) = Body(repetitions);
        return $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = 8, EmbeddingDim = 8)] [Heads(2)]
            public sealed partial class {{type}}
            {
                [CouplingTerm]
                static float Term(Vec q, Vec k, TokenPair pair, [Learnable(1)] float a)
                {
                    {{body}}
                }

                static float F(float x) => x * x + 1f;

                static float Half(float x, float y) => x > y ? 0.5f * x : y;

                {{members}}
            }
            """;
    }

    private static IEnumerable<Bomb> Scalars(params string[] statements) => statements.Select(s => new Bomb(
        s, n => ($"{Scalar}\n{Repeat(s + "\n", n)}return x + pair.I;", ""), MostStatements));

    private static IEnumerable<Bomb> Vectors(params string[] statements) => statements.Select(s => new Bomb(
        s, n => ($"{Vector}\n{Repeat(s + "\n", n)}return Vec.Sum(v) * a + pair.I;", ""), MostStatements));

    /// <summary>A template with a hole, put into itself.</summary>
    private static IEnumerable<Bomb> Nested(params string[] templates) => templates.SelectMany(t => new[]
    {
        new Bomb(t, n => ($"{Scalar} return {Inside(t, n)} + pair.I;", ""), MostNested),
        new Bomb(t + " > 0f", n => ($"{Scalar} if ({Inside(t, n)} > 0f) {{ x = a; }} return x + pair.I;", ""), MostNested),
    });

    private static string Inside(string template, int depth)
    {
        string[] sides = template.Split('$');
        return string.Concat(Enumerable.Repeat(sides[0], depth)) + "x" + string.Concat(Enumerable.Repeat(sides[1], depth));
    }

    /// <summary>A text several times, with its number for every #, and the next one for every @.</summary>
    private static string Repeat(string text, int count) => string.Concat(Enumerable.Range(0, count).Select(n => text
        .Replace("#", n.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("@", (n + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)));
}
