using System.Globalization;
using System.Text.RegularExpressions;
using Qama.Generators.Tests.Terms.Grammar;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>A class with a random coupling term and a random field term beside random built-in ones.</summary>
internal sealed partial class RandomCoefficients
{
    public const int Heads = 2, Dim = 3;

    private static readonly string[] _similarities = ["None", "ScaledDotProduct", "Cosine", "NegativeSquaredDistance", "JensenShannon"];
    private static readonly string[] _importances = ["None", "ValueProjection", "ValueEntropy", "ValueNorm"];

    private readonly TermNode _coupling;
    private readonly TermNode _field;

    public RandomCoefficients(int number)
    {
        var random = new Random(number);
        RandomTerm coupling = new(number), field = new(100_000 + number);
        (_coupling, _field) = (coupling.Root, field.Root);
        Name = "R" + number.ToString(CultureInfo.InvariantCulture);
        Tokens = number == 7 ? 19 : random.Next(2, 7);
        Columns = Tokens % 2 == 0 && random.Next(3) == 0 ? Tokens / 2 : 0;
        string similarity = _similarities[random.Next(_similarities.Length)], importance = _importances[random.Next(_importances.Length)];
        string[] attributes =
        [
            random.Next(5) == 0 ? ", Preset = Preset.QamaV1" : "",
            Columns > 0 ? $"[Grid(2, {Columns})]" : "",
            similarity == "None" ? "" : $"[Coupling(Similarity.{similarity})]",
            $"[Field(Importance.{importance})]",
            random.Next(4) == 0 ? "[Readout(ReadoutKind.SelectedAttention)]" : "",
        ];
        Source = $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = {{Tokens}}, EmbeddingDim = {{Heads * Dim}}{{attributes[0]}}), Heads({{Heads}})]
            {{string.Join(" ", attributes.Skip(1))}}
            public sealed partial class {{Name}}
            {
                const float Scale = 0.75f;
                static readonly float Shift = Scale / 4f, Low = -0.3f;

                [CouplingTerm(Weight = 0.5)]
                static float Affinity(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w)
                {
                    {{coupling.Body}}
                }

                [FieldTerm]
                static float Own(Vec q, TokenPosition pair, [Learnable(0.2)] float a, [Learnable(0.9, PerHead = true)] Vec w, [Learnable(0.4)] Vec k)
                {
                    {{Distance().Replace(Position().Replace(field.Body, "pair.Index"), "(pair.Index - pair.Index)")}}
                }

                static float Half(float x) => 0.5f * x;

                static Vec Halved(Vec x) => 0.5f * x;

                static float Larger(float x, float y)
                {
                    float result = x;
                    if (y > x)
                    {
                        result = y;
                    }

                    return result;
                }
            }
            """;
    }

    public string Name { get; }

    public string Source { get; }

    public int Tokens { get; }

    public int Columns { get; }

    /// <summary>Leaves out of the loss what rounding may decide otherwise, and corners.</summary>
    /// <returns>How much is left in it.</returns>
    public int SkipUndecided(CoefficientPoint point, Random random)
    {
        int left = 0;
        double[] a = Learned("Affinity.A"), w = Learned("Affinity.W"), b = Learned("Own.A"), u = Learned("Own.W"), v = Learned("Own.K");
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < point.Present; i++)
            {
                // A token by itself stands where the pair of the coupling does.
                bool isField = IsDecided(
                    _field, point.Of(point.Value, h, i), v, b[0], u[(h * Dim)..((h + 1) * Dim)], new TokenPair(i, i, h));
                point.FieldGradient[h, i] = isField ? point.FieldGradient[h, i] : 0;
                left += isField ? 1 : 0;
                for (int j = 0; j < point.Present; j++)
                {
                    TokenPair pair = Columns > 0 ? TokenPair.OnGrid(i, j, Columns, h) : new TokenPair(i, j, h);
                    if (IsDecided(_coupling, point.Of(point.Query, h, i), point.Of(point.Key, h, j), a[h], w, pair))
                    {
                        left++;
                    }
                    else
                    {
                        point.Skip(h, i, j);
                    }
                }
            }
        }

        return left;

        double[] Learned(string name) =>
            point.Learnables.SingleOrDefault(l => l.Name == name)?.Value.ToArray().ToArray()
            ?? new double[Heads * Dim];

        bool IsDecided(TermNode term, double[] q, double[] k, double a, double[] w, TokenPair pair)
        {
            var context = new TermContext(Tracks(q), Tracks(k), Track(a), Tracks(w), pair);
            Tracked value = context.Evaluate(term)[0];
            return double.IsFinite(value.Value) && !context.IsUndecided && !context.IsNearCorner && Math.Abs(value.Slope) < 1e6;
        }

        Tracked[] Tracks(double[] x) => [.. x.Select(Track)];

        Tracked Track(double x) => new(x, 2 * random.NextDouble() - 1, Math.Abs(x), 0);
    }

    [GeneratedRegex(@"\bpair\.(I|J)\b")]
    private static partial Regex Position();

    [GeneratedRegex(@"\bpair\.Distance\b")]
    private static partial Regex Distance();
}
