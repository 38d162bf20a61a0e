namespace Qama.Generators.Tests.Terms.Arithmetic;

/// <summary>Random conditions on query and key that rounding decides: a number is compared with another way to compute it.</summary>
internal sealed class RandomDecisions
{
    /// <summary>Conditions of one term; the n-th that holds counts 2ⁿ.</summary>
    public const int Count = 8;

    private static readonly string[] _comparisons = [">=", ">", "<=", "<", "==", "!="];

    /// <summary>Ways to compute about $0.</summary>
    private static readonly string[] _detours =
    [
        "$0 / 11f * 11f", "$0 * 0.1f * 10f", "($0 + 3f) - 3f", "-(-$0 / 7f) * 7f", "-(-(-$0)) * -1f", "$0 * (pair.I + 0.3f) / (pair.I + 0.3f)", "2f * $0 - $0 * 1f", "0.3f * $0 + 0.7f * $0",
        "MathF.Log(MathF.Exp($0))", "MathF.Sqrt($0 * $0)", "MathF.Tanh($0) * ($0 / MathF.Tanh($0))", "(float)($0 * 0.1 * 10)", "(float)(($0 + 0.1) - 0.1)",
        "MathF.FusedMultiplyAdd($0, 0.1f, 0.9f * $0)", "MathF.Max($0, $0 / 7f * 7f)", "MathF.Sin($0) / MathF.Sin($0) * $0", "Math.Clamp($0 / 3f * 3f, -1f, 1f)",
        "(Vec.Mean(q) > 0f ? $0 : $0 / 3f * 3f)", "(float)((double)$0 / (0.1 * (pair.J + 1)) * (0.1 * (pair.J + 1)))", "MathF.Pow(MathF.Abs($0), 1.5f) / MathF.Sqrt(MathF.Abs($0))",
        "$0 * (Vec.Mean(k) > 0f ? pair.I + 7 : 49) / (Vec.Mean(k) > 0f ? pair.I + 7 : 49)", "MathF.Log2(MathF.Pow(2f, $0))", "MathF.Sinh($0) / MathF.Cosh($0) / MathF.Tanh($0) * $0",
    ];

    private static readonly string[] _numbers =
    [
        "Vec.Dot(q, k)", "Vec.Sum(q * k)", "Vec.Mean(q)", "Vec.Norm(q - k)", "Vec.SquaredDistance(q, k)", "Vec.Max(q)", "Vec.Min(k)", "Vec.LogSumExp(q)",
        "Vec.Sum(Vec.Exp(-Vec.Square(q)))", "Vec.Dot(Vec.Softmax(q), k)", "Vec.Sum(Vec.Sigmoid(q) * w)", "Vec.Dot(Vec.Tanh(w * q), k)", "Vec.Sum(q - 0.1f * k)",
        "(Vec.Mean(q) * pair.Distance)", "(0.1f * Vec.Sum(k) + 0.3f * pair.I)", "Vec.Norm(Vec.Relu(q + 0.2f))", "Vec.Sum(Vec.Clamp(q, -0.5f, 0.3f))", "Vec.SquaredNorm(Vec.Log(Vec.Abs(k) + 0.1f))",
    ];

    public RandomDecisions(int seed)
    {
        var random = new Random(seed);
        string Pick(string[] from) => from[random.Next(from.Length)];
        var conditions = new List<string>();
        for (int n = 0; n < Count; n++)
        {
            string number = Pick(_numbers), other = random.Next(2) == 0 ? number : $"({Pick(_detours).Replace("$0", number, StringComparison.Ordinal)})";
            conditions.Add(random.Next(5) switch
            {
                0 => $"float x{n} = {other}; if (x{n} {Pick(_comparisons)} {Pick(_detours).Replace("$0", $"x{n}", StringComparison.Ordinal)}) {{ s += {1 << n}f; }} ",
                1 => $"double d{n} = {number} * 0.1; s += d{n} * 10 {Pick(_comparisons)} {other} ? {1 << n}f : 0f; ",
                2 => $"int n{n} = {number} {Pick(_comparisons)} 0.1f ? pair.I + 3 : 49; s += n{n} / 7 * 7 == n{n} && {other} * 0.3f > 0.1 * pair.J ? {1 << n}f : 0f; ",
                3 => $"s += ({other}) switch {{ < 0f => 0f, > 0.5f when {other} / 11f * 11f {Pick(_comparisons)} {other} => {1 << n}f, _ => 0f }}; ",
                _ => $"s += {other} {Pick(_comparisons)} {Pick(_detours).Replace("$0", number, StringComparison.Ordinal)} ? {1 << n}f : 0f; ",
            });
        }

        Conditions = [.. conditions];
    }

    /// <summary>Statements with a condition each.</summary>
    public string[] Conditions { get; }

    public string Body => $"float s = 0f; {string.Concat(Conditions)}return s;";
}
