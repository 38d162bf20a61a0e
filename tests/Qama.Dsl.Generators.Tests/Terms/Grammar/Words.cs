namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>All words, with what they mean.</summary>
internal static class Words
{
    private static readonly Tracked _half = 0.5f, _one = 1f;

    /// <summary>c ? x : y, of numbers and of vectors: also written as statements.</summary>
    public static readonly Word Choice = Choose('n', "cnn"), VectorChoice = Choose('v', "cvv");

    public static readonly Word[] All =
    [
        Choice, VectorChoice,
        Leaf('n', TermNode.Learned, c => c.A), Leaf('n', "0.75f", _ => 0.75f), Leaf('n', "Low", _ => -0.3f), Leaf('n', "Scale", _ => 0.75f),
        Leaf('n', "Shift", _ => 0.1875f), Leaf('w', "pair.Distance", c => Whole(c.Pair.Distance)),
        Leaf('w', "pair.I", c => Whole(c.Pair.I)), Leaf('w', "pair.J", c => Whole(c.Pair.J)), Leaf('w', "pair.Head", c => Whole(c.Pair.Head)),
        Leaf('w', "q.Length", c => Whole(c.Query.Length)),
        Leaf('w', "((pair.J - pair.I) / 2)", c => Whole((c.Pair.J - c.Pair.I) / 2)), Leaf('w', "((pair.J + 7 * pair.I) % 3)", c => Whole((c.Pair.J + 7 * c.Pair.I) % 3)),
        Leaf('w', "Math.Max(pair.I, 2)", c => Whole(Math.Max(c.Pair.I, 2))),
        Leaf('w', "(int)MathF.Sqrt(pair.I + pair.J)", c => Whole((int)Math.Sqrt(c.Pair.I + c.Pair.J))),
        new('v', "", "q", (_, c) => c.Query), new('v', "", "k", (_, c) => c.Key), new('v', "", "w", (_, c) => c.W),
        new('v', "", "q * k", (_, c) => Zip(c.Query, c.Key, (x, y) => x * y)), new('v', "", "(q - k)", (_, c) => Zip(c.Query, c.Key, (x, y) => x - y)),

        // Arithmetic: products and quotients of what is bounded, so that numbers stay numbers.
        Two('n', "($0 + $1)", (x, y) => x + y), Two('n', "($0 - $1)", (x, y) => x - y), One('n', "-($0)", x => -x),
        Two('n', "MathF.Tanh($0) * $1", (x, y) => Tracked.Tanh(x) * y), Two('n', "Half($0) * Half($1)", (x, y) => _half * x * (_half * y)),
        Two('n', "$0 / (1f + MathF.Abs($1))", (x, y, c) => x / (_one + c.Abs(y))), One('n', "2f / (1.5f + MathF.Sin($0))", x => (Tracked)2f / ((Tracked)1.5f + Tracked.Sin(x))),
        Three('n', "MathF.FusedMultiplyAdd(MathF.Sin($0), $1, $2)", (x, y, z) => Tracked.FusedMultiplyAdd(Tracked.Sin(x), y, z)),
        Two('n', "Larger($0, $1)", (x, y, c) => c.Max(x, y)), Two('n', "MathF.Max($0, $1)", (x, y, c) => c.Max(x, y)),
        Two('n', "MathF.Min($0, $1)", (x, y, c) => c.Min(x, y)), One('n', "MathF.Abs($0)", (x, c) => c.Abs(x)),
        One('n', "Math.Clamp($0, -0.6f, Scale)", (x, c) => c.Min(c.Max(x, -0.6f), 0.75f)),

        // Functions.
        One('n', "MathF.Exp(-MathF.Abs($0))", (x, c) => Tracked.Exp(-c.Abs(x))), One('n', "MathF.Log(1f + MathF.Abs($0))", (x, c) => Tracked.Log(_one + c.Abs(x))),
        One('n', "MathF.Log2(2f + MathF.Cos($0))", x => Tracked.Log2((Tracked)2f + Tracked.Cos(x))),
        One('n', "MathF.Log10(1.2f + MathF.Tanh($0))", x => Tracked.Log10((Tracked)1.2f + Tracked.Tanh(x))),
        One('n', "MathF.Sqrt(1f + $0 * $0)", x => Tracked.Sqrt(_one + x * x)), One('n', "MathF.Sin($0)", Tracked.Sin), One('n', "MathF.Cos($0)", Tracked.Cos),
        One('n', "MathF.Sinh(MathF.Tanh($0))", x => Tracked.Sinh(Tracked.Tanh(x))), One('n', "MathF.Cosh(MathF.Sin($0))", x => Tracked.Cosh(Tracked.Sin(x))),
        One('n', "MathF.Pow(1f + MathF.Abs($0), 1.5f) * 0.1f", (x, c) => Tracked.Power(_one + c.Abs(x), 1.5) * (Tracked)0.1f),
        One('n', "MathF.Pow(MathF.Tanh($0), 3f)", x => Tracked.Power(Tracked.Tanh(x), 3)),
        One('n', "MathF.Pow(2f + MathF.Sin($0), -2f)", x => Tracked.Power((Tracked)2f + Tracked.Sin(x), -2)),

        // Branches whose other side overflows or is undefined.
        new('n', "nn", "($0 > 0f ? MathF.Sqrt($0) : $1)", (o, c) => c.Compare(o(0)[0], Whole(0), (x, y) => x > y) ? [Tracked.Sqrt(o(0)[0])] : o(1)),
        new('n', "nn", "($0 <= 0.1f ? $1 : MathF.Log($0))", (o, c) => c.Compare(o(0)[0], 0.1f, (x, y) => x <= y) ? o(1) : [Tracked.Log(o(0)[0])]),
        new('n', "nn", "($0 < 2f ? MathF.Exp($0) : $1)", (o, c) => c.Compare(o(0)[0], 2f, (x, y) => x < y) ? [Tracked.Exp(o(0)[0])] : o(1)),
        new('n', "nn", "(pair.Distance switch { 1 => $0, > 3 => 0.5f, _ => Half($1) })", (o, c) => c.Pair.Distance == 1 ? o(0) : c.Pair.Distance > 3 ? [_half] : [_half * o(1)[0]]),
        new('n', "nn", "(pair.Distance >= 2 ? $0 / (pair.Distance - 1f) : $1)", (o, c) => c.Pair.Distance >= 2 ? [o(0)[0] / Whole(c.Pair.Distance - 1)] : o(1)),

        // Vectors to numbers.
        Of("Vec.Sum($0)", (x, _) => Sum(x)), Of("Vec.Mean($0)", (x, _) => Sum(x) / Whole(x.Length)), Of("Vec.Max($0)", (x, c) => c.Largest(x)),
        Of("Vec.Min($0)", (x, c) => -c.Largest([.. x.Select(y => -y)])), Of("Vec.Norm($0 + 0.3f)", (x, _) => Tracked.Sqrt(Square([.. x.Select(y => y + (Tracked)0.3f)]))),
        Of("Vec.SquaredNorm($0)", (x, _) => Square(x)), Of("Vec.LogSumExp($0)", (x, c) => Tracked.Log(Sum(Below(x, c))) + c.Largest(x)),
        OfTwo("Vec.Dot($0, $1)", (x, y) => Sum(Zip(x, y, (a, b) => a * b))), OfTwo("Vec.SquaredDistance($0, $1) * 0.2f", (x, y) => Square(Zip(x, y, (a, b) => a - b)) * (Tracked)0.2f),
        Of("Vec.Sum(Vec.Exp(-Vec.Square($0)))", (x, _) => Sum([.. x.Select(y => Tracked.Exp(-(y * y)))])),

        // Vectors to vectors.
        Two('v', "($0 + $1)", (x, y) => x + y), Two('v', "($0 - $1)", (x, y) => x - y), One('v', "-($0)", x => -x), One('v', "Halved($0)", x => _half * x),
        Two('v', "Vec.Tanh($0) * $1", (x, y) => Tracked.Tanh(x) * y), One('v', "$0 / (1f + Vec.Square($0))", x => x / (_one + x * x)),
        Mixed("($0 - $1)", (x, y) => x - y), Mixed("Vec.Tanh($0) * $1", (x, y) => Tracked.Tanh(x) * y), Mixed("Vec.Max($0, $1)", (x, y, c) => c.Max(x, y)),
        Mixed("Vec.Sin($0) / (1f + MathF.Abs($1))", (x, y, c) => Tracked.Sin(x) / (_one + c.Abs(y))),
        new('v', "v", "Vec.Softmax($0)", (o, c) => { Tracked[] e = Below(o(0), c); Tracked sum = Sum(e); return [.. e.Select(x => x / sum)]; }),
        One('v', "Vec.Sigmoid($0)", Tracked.Sigmoid), One('v', "Vec.Relu($0)", (x, c) => c.Max(x, Whole(0))), One('v', "Vec.Abs($0)", (x, c) => c.Abs(x)),
        One('v', "Vec.Log(1.1f + Vec.Abs($0))", (x, c) => Tracked.Log((Tracked)1.1f + c.Abs(x))), One('v', "Vec.Log2(1.5f + Vec.Tanh($0))", x => Tracked.Log2((Tracked)1.5f + Tracked.Tanh(x))),
        One('v', "Vec.Exp(-Vec.Abs($0))", (x, c) => Tracked.Exp(-c.Abs(x))), One('v', "Vec.Cos($0)", Tracked.Cos), One('v', "Vec.Sqrt(1f + Vec.Square(Vec.Tanh($0)))", x => Tracked.Sqrt(_one + Tracked.Tanh(x) * Tracked.Tanh(x))),
        Two('v', "Vec.Max($0, $1)", (x, y, c) => c.Max(x, y)), Two('v', "Vec.Min($0, $1)", (x, y, c) => c.Min(x, y)), One('v', "Vec.Clamp($0, -0.6f, 0.8f)", (x, c) => c.Min(c.Max(x, -0.6f), 0.8f)),

        // Conditions.
        Test("$0 > $1", (x, y) => x > y), Test("$0 >= $1", (x, y) => x >= y), Test("$0 < $1", (x, y) => x < y), Test("$0 <= $1", (x, y) => x <= y),
        new('c', "", "pair.I < pair.J", (_, c) => Truth(c.Pair.I < c.Pair.J)), new('c', "", "pair.Distance is 1 or > 3", (_, c) => Truth(c.Pair.Distance is 1 or > 3)),
        new('c', "", "pair.Head == 1", (_, c) => Truth(c.Pair.Head == 1)), new('c', "", "pair.I % 2 != pair.J % 2", (_, c) => Truth(c.Pair.I % 2 != c.Pair.J % 2)),
        new('c', "cc", "($0 && $1)", (o, _) => Truth(IsTrue(o(0)) && IsTrue(o(1)))), new('c', "cc", "($0 || $1)", (o, _) => Truth(IsTrue(o(0)) || IsTrue(o(1)))),
        new('c', "c", "!($0)", (o, _) => Truth(!IsTrue(o(0)))), new('c', "cc", "($0) == ($1)", (o, _) => Truth(IsTrue(o(0)) == IsTrue(o(1)))),
    ];

    public static bool IsTrue(Tracked[] condition) => condition[0].Value != 0;

    private static Word Choose(char result, string operands) => new(result, operands, "($0 ? $1 : $2)", (o, _) => IsTrue(o(0)) ? o(1) : o(2));

    private static Word Leaf(char result, string text, Func<TermContext, Tracked> value) => new(result, "", text, (_, c) => [value(c)]);

    private static Word One(char kind, string text, Func<Tracked, Tracked> value) => One(kind, text, (x, _) => value(x));

    private static Word One(char kind, string text, Func<Tracked, TermContext, Tracked> value) =>
        new(kind, kind.ToString(), text, (o, c) => [.. o(0).Select(x => value(x, c))]);

    private static Word Two(char kind, string text, Func<Tracked, Tracked, Tracked> value) => Two(kind, text, (x, y, _) => value(x, y));

    private static Word Two(char kind, string text, Func<Tracked, Tracked, TermContext, Tracked> value) =>
        new(kind, $"{kind}{kind}", text, (o, c) => Zip(o(0), o(1), (x, y) => value(x, y, c)));

    private static Word Three(char kind, string text, Func<Tracked, Tracked, Tracked, Tracked> value) =>
        new(kind, "nnn", text, (o, _) => [value(o(0)[0], o(1)[0], o(2)[0])]);

    private static Word Mixed(string text, Func<Tracked, Tracked, Tracked> value) => Mixed(text, (x, y, _) => value(x, y));

    private static Word Mixed(string text, Func<Tracked, Tracked, TermContext, Tracked> value) =>
        new('v', "vn", text, (o, c) => [.. o(0).Select(x => value(x, o(1)[0], c))]);

    private static Word Of(string text, Func<Tracked[], TermContext, Tracked> value) => new('n', "v", text, (o, c) => [value(o(0), c)]);

    private static Word OfTwo(string text, Func<Tracked[], Tracked[], Tracked> value) => new('n', "vv", text, (o, _) => [value(o(0), o(1))]);

    private static Word Test(string text, Func<double, double, bool> holds) =>
        new('c', "nn", text, (o, c) => Truth(c.Compare(o(0)[0], o(1)[0], holds)));

    private static Tracked Whole(int value) => Tracked.Exact(value);

    private static Tracked[] Truth(bool value) => [Whole(value ? 1 : 0)];

    private static Tracked[] Zip(Tracked[] x, Tracked[] y, Func<Tracked, Tracked, Tracked> f) => [.. x.Zip(y, f)];

    private static Tracked Sum(Tracked[] x) => x.Aggregate((a, b) => a + b);

    private static Tracked Square(Tracked[] x) => Sum([.. x.Select(a => a * a)]);

    /// <summary>exp(x − max x).</summary>
    private static Tracked[] Below(Tracked[] x, TermContext c)
    {
        Tracked largest = x.MaxBy(y => y.Value);
        return [.. x.Select(y => Tracked.Exp(y - largest))];
    }
}
