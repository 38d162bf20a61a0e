namespace Qama.Generators.Tests.Terms;

/// <summary>Random bodies of coupling terms as C# text: well-behaved numbers of every word a term can say.</summary>
internal sealed class RandomTerm(Random random)
{
    public static string Class(int number, string body) => $$"""
        using System;
        using Qama;
        [QuboAttention(Tokens = 5, EmbeddingDim = 6)]
        [Heads(2)]
        public sealed partial class R{{number}}
        {
            [CouplingTerm]
            static float Term(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w)
                => {{body}};

            static float Half(float x) => 0.5f * x;
        }
        """;

    /// <summary>A body that uses every parameter.</summary>
    public string Body() =>
        $"{Number(3)} + 0.1f * a * Vec.Dot(w * q, k) + 0.01f * pair.Distance";

    private string Number(int depth)
    {
        if (depth == 0)
        {
            return Pick("Vec.Dot(q, k)", "Vec.Mean(q)", "a", "pair.Distance", "0.75f", "Vec.Max(k)", "Vec.Dot(w, q)", "pair.I", "(pair.J - pair.I) / 2");
        }

        string x = Number(depth - 1);
        return random.Next(22) switch
        {
            0 => $"({x} + {Number(depth - 1)})",
            1 => $"({x} - {Number(depth - 1)})",
            2 => $"MathF.Tanh({x}) * {Number(depth - 1)}",
            3 => $"{x} / (1f + {Square(depth)})",
            4 => $"MathF.Exp(-MathF.Abs({x}))",
            5 => $"MathF.Log(1f + MathF.Abs({x}))",
            6 => $"MathF.Sqrt(1f + {Square(depth)})",
            7 => $"MathF.Sin({x})",
            8 => $"MathF.Max({x}, {Number(depth - 1)})",
            9 => $"(pair.Distance > 1 ? {x} : {Number(depth - 1)})",
            10 => $"(Vec.Mean(q) > 0.1f ? {x} : {Number(depth - 1)})",
            11 => $"(pair.Head == 1 && pair.I < pair.J ? {x} : Half({Number(depth - 1)}))",
            12 => $"-Half({x})",
            13 => $"MathF.Pow(1f + MathF.Abs({x}), 1.5f) * 0.1f",
            14 => $"(pair.Distance switch {{ 1 => {x}, > 3 => 0.5f, _ => Half({Number(depth - 1)}) }})",
            15 => $"Vec.LogSumExp({Vector(depth - 1)})",
            16 => $"Vec.Norm({Vector(depth - 1)} + 0.3f)",
            17 => $"Vec.SquaredDistance({Vector(depth - 1)}, {Vector(depth - 1)}) * 0.2f",
            18 => $"Vec.Dot({Vector(depth - 1)}, {Vector(depth - 1)})",
            19 => $"Vec.Max({Vector(depth - 1)})",
            20 => $"Vec.Min({Vector(depth - 1)})",
            _ => $"Vec.Sum({Vector(depth - 1)})",
        };
    }

    private string Square(int depth)
    {
        string x = Number(depth - 1);
        return $"MathF.Tanh({x}) * MathF.Tanh({x})";
    }

    private string Vector(int depth)
    {
        if (depth == 0)
        {
            return Pick("q", "k", "w", "(q - k)", "(q * w)");
        }

        string x = Vector(depth - 1);
        return random.Next(11) switch
        {
            0 => $"({x} + {Vector(depth - 1)})",
            1 => $"({x} - {Number(depth - 1)})",
            2 => $"Vec.Tanh({x}) * {Vector(depth - 1)}",
            3 => $"Vec.Softmax({x})",
            4 => $"Vec.Sigmoid({x})",
            5 => $"Vec.Log(1.1f + Vec.Abs({x}))",
            6 => $"Vec.Exp(-Vec.Abs({x}))",
            7 => $"Vec.Max({x}, {Vector(depth - 1)})",
            8 => $"Vec.Clamp({x}, -0.6f, 0.8f)",
            9 => $"Vec.Tanh({x}) * MathF.Cos({Number(depth - 1)})",
            _ => $"Vec.Sqrt(1f + Vec.Square(Vec.Tanh({x})))",
        };
    }

    private string Pick(params string[] words) => words[random.Next(words.Length)];
}
