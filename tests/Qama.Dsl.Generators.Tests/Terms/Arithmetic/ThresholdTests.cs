using System.Numerics;

namespace Qama.Generators.Tests.Terms.Arithmetic;

/// <summary>A model whose terms are thresholds and whole numbers that rounding decides, as its users see it.</summary>
public class ThresholdTests
{
    private const int Tokens = 12;

    private const string Source = """
        using System;
        using Qama;
        [QuboAttention(Tokens = 12, EmbeddingDim = 4)] [Heads(1)]
        public sealed partial class M
        {
            const float Tenth = 1.0f / 10;
            static readonly float Step = 0.7f * 1.0f;

            [PairTerm(Weight = 1)] public static float Near(TokenPair p) => Tenth * p.Distance >= 0.3f ? 1f : 0f;
            [PairTerm(Weight = 1)] public static float Steps(TokenPair p) => (int)(Step * p.Distance);
            [PairTerm(Weight = 1)] public static float Wraps(TokenPair p) => p.Distance * 1000000000 / 1000000000;
            [PairTerm(Weight = 1)] public static float Tail(TokenPair p) { byte n = 250; n += (byte)p.J; return n / 49 * 49 == n ? 1f : n; }
            [PairTerm(Weight = 1)] public static float Wide(TokenPair p) => (float)(0.1 * p.Distance >= 0.3 ? 0.1 : 0.2);
            [TokenTerm(Weight = 1)] public static float Early(TokenPosition p) => p.Index * 0.1f + 0.2f == 0.3f ? -1f : (int)(p.Index / 0.1f);

            [CouplingTerm] public static float Both(Vec q, Vec k, TokenPair p) =>
                Vec.Dot(q, k) + (0.1f * p.Distance >= 0.3f ? p.Distance / 11f * 11f : MathF.Exp(0.1f * p.I) * p.Distance) * (Vec.Mean(q) < 0.1 * p.Distance ? 1f : 8f);
        }
        """;

    private delegate Ising.QuboMatrix Assembly(ReadOnlySpan<float> couplings);

    [Fact]
    public void Energies_are_sums_of_what_the_methods_return()
    {
        using var model = new TermModel<float>(Source);
        var assemble = model.Method<Assembly>("M", "AssembleQubo");
        Ising.QuboMatrix qubo = assemble(new float[Tokens * Tokens]);
        for (int i = 0; i < Tokens; i++)
        {
            double early = (float)model.Method("M", "Early").Invoke(null, [new TokenPosition(i)])!;
            Assert.Equal(early, qubo.Energy(Selected(i)));
            for (int j = i + 1; j < Tokens; j++)
            {
                double expected = new[] { "Near", "Steps", "Wraps", "Tail", "Wide" }
                    .Sum(name => Convert.ToDouble(model.Method("M", name).Invoke(null, [new TokenPair(i, j)]), null));
                double other = (float)model.Method("M", "Early").Invoke(null, [new TokenPosition(j)])!;
                Assert.Equal(expected + early + other, qubo.Energy(Selected(i, j)), 1e-12);
            }
        }
    }

    [Fact]
    public void Tables_of_kernels_in_float_hold_what_the_method_returns() => AssertCouplings<float>();

    /// <summary>In double too: positions are computed in the method's own types, and only what queries and keys go into is double.</summary>
    [Fact]
    public void Tables_of_kernels_in_double_hold_the_same_numbers() => AssertCouplings<double>();

    private static void AssertCouplings<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var model = new TermModel<T>(Source);
        var couplings = new T[Tokens * Tokens];
        var zero = new T[Tokens * 4];
        model.Method<TermModel<T>.TwoVectors>("M", "ComputeCouplings")(zero, zero, couplings);
        var vector = new Vec(new float[4]);
        for (int i = 0; i < Tokens; i++)
        {
            for (int j = 0; j < Tokens; j++)
            {
                T Method(int a, int b) => T.CreateChecked((float)model.Method("M", "Both").Invoke(null, [vector, vector, new TokenPair(a, b)])!);
                T half = T.CreateChecked(0.5);
                T expected = i == j ? T.Zero : half * (Method(i, j) + Method(j, i));
                Assert.Equal(expected, couplings[i * Tokens + j]);
            }
        }
    }

    private static byte[] Selected(params int[] tokens)
    {
        var state = new byte[Tokens];
        foreach (int token in tokens)
        {
            state[token] = 1;
        }

        return state;
    }
}
