namespace Qama.Generators.Tests.Forms;

/// <summary>Random bodies of coupling terms that are sums of products of what depends on one token alone.</summary>
internal sealed class FactoredTerm(Random random)
{
    private static readonly string[] _numbers = ["a", "0.8f", "Vec.Sum(w)", "(0.25f * pair.Head)"];

    private static readonly string[] _ofToken =
    [
        "Vec.Sum(#)", "Vec.Dot(w, #)", "MathF.Tanh(Vec.Dot(w, #))", "Vec.Norm(# + 0.5f)", "a * MathF.Cos(0.7f * @)", "(float)(@ % 3)",
        "(Vec.Sum(#) > 0.1f ? 0.5f : a)", "(@ < 2 ? Vec.Sum(#) : 0.3f)", "0.4f * Vec.LogSumExp(#)", "(0.1f * @ + a)",
    ];

    private static readonly string[] _vectors =
        ["#", "w * #", "Vec.Softmax(#)", "Vec.Tanh(#)", "a * #", "# * #", "w", "(# + 0.3f)", "# / (1f + Vec.SquaredNorm(#))"];

    /// <summary>A number of a pair.</summary>
    public string Next(int depth = 2) => depth == 0 ? Product() : random.Next(9) switch
    {
        0 or 1 => $"({Next(depth - 1)} + {Next(depth - 1)})",
        2 => $"({Next(depth - 1)} - {Next(depth - 1)})",
        3 => $"({Next(depth - 1)} * {Number(random.Next(2) == 0)})",
        4 => $"({Next(depth - 1)} / (2f + Vec.SquaredNorm({(random.Next(2) == 0 ? "q" : "k")})))",
        5 => $"(({Number(true)} + {Number(false)}) * ({Number(true)} - {Number(false)}))",
        6 => $"(pair.{(random.Next(2) == 0 ? "I" : "J")} < 3 ? {Next(depth - 1)} : {Next(depth - 1)})",
        7 => $"(-({Next(depth - 1)}))",
        _ => Product(),
    };

    private string Product() => random.Next(6) switch
    {
        0 or 1 => $"Vec.Dot({Vector(true)}, {Vector(false)})",
        2 => $"Vec.Dot({Vector(true)} + {Vector(false)}, {Vector(true)} - {Vector(false)})",
        3 => $"{Number(true)} * {Number(false)}",
        4 => $"({Number(true)} + {Number(false)})",
        _ => "(-0.3f * Vec.SquaredDistance(q, k))",
    };

    private string Number(bool row) => random.Next(4) == 0
        ? _numbers[random.Next(_numbers.Length)] : Of(_ofToken[random.Next(_ofToken.Length)], row);

    private string Vector(bool row) => Of(_vectors[random.Next(_vectors.Length)], row);

    private static string Of(string text, bool row) => text.Replace("#", row ? "q" : "k").Replace("@", row ? "pair.I" : "pair.J");
}
