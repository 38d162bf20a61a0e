using System.Numerics;

namespace Qama.Generators.Tests.Terms;

/// <summary>Inputs of the kernels of one head of a <see cref="TermClass"/>: query and key [HeadDim, TokenStride], a, w and ∂L/∂F.</summary>
internal sealed class TermPoint<T>(int tokens, int present)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Dim = TermClass.Dim;

    /// <summary>Tokens that are there; the others are zero.</summary>
    public int Present => present;

    public int Stride { get; } = TermClass.StrideOf(tokens);

    public T[] Query { get; } = new T[Dim * TermClass.StrideOf(tokens)];

    public T[] Key { get; } = new T[Dim * TermClass.StrideOf(tokens)];

    public T[] A { get; } = new T[1];

    public T[] W { get; } = new T[Dim];

    /// <summary>∂L/∂F, [Tokens, TokenStride].</summary>
    public T[] Seed { get; } = new T[tokens * TermClass.StrideOf(tokens)];

    /// <summary>The four inputs: query, key, a, w.</summary>
    public T[][] Inputs => [Query, Key, A, W];

    /// <summary>Uniform in [-1, 1]; the seed symmetric with zero diagonal.</summary>
    public static TermPoint<T> Random(Random random, int tokens = TermClass.FewTokens, int present = TermClass.FewTokens)
    {
        var point = new TermPoint<T>(tokens, present);
        point.Fill(_ => T.CreateChecked((float)(2 * random.NextDouble() - 1)));
        for (int i = 0; i < present; i++)
        {
            for (int j = 0; j < i; j++)
            {
                point.SetSeed(i, j, T.CreateChecked((float)(2 * random.NextDouble() - 1)));
            }
        }

        return point;
    }

    public void SetSeed(int i, int j, T value) => Seed[i * Stride + j] = Seed[j * Stride + i] = value;

    /// <summary>Sets all inputs, of the tokens that exist.</summary>
    public void Fill(Func<int, T> value)
    {
        foreach (T[] input in Inputs)
        {
            for (int n = 0; n < input.Length; n++)
            {
                input[n] = input.Length == Dim * Stride && n % Stride >= present ? T.Zero : value(n);
            }
        }
    }

    /// <summary>This point plus a multiple of another.</summary>
    public TermPoint<T> Plus(T factor, TermPoint<T> direction)
    {
        var sum = new TermPoint<T>(tokens, present);
        for (int input = 0; input < 4; input++)
        {
            for (int n = 0; n < Inputs[input].Length; n++)
            {
                sum.Inputs[input][n] = Inputs[input][n] + factor * direction.Inputs[input][n];
            }
        }

        Seed.CopyTo(sum.Seed, 0);
        return sum;
    }

    /// <summary>The same numbers in another type.</summary>
    public TermPoint<TOther> As<TOther>()
        where TOther : unmanaged, IBinaryFloatingPointIeee754<TOther>
    {
        var other = new TermPoint<TOther>(tokens, present);
        for (int input = 0; input < 4; input++)
        {
            for (int n = 0; n < Inputs[input].Length; n++)
            {
                other.Inputs[input][n] = TOther.CreateChecked(Inputs[input][n]);
            }
        }

        for (int n = 0; n < Seed.Length; n++)
        {
            other.Seed[n] = TOther.CreateChecked(Seed[n]);
        }

        return other;
    }

    public Vec QueryOf(int token) => Column(Query, token);

    public Vec KeyOf(int token) => Column(Key, token);

    public Vec Weights => new([.. W.Select(float.CreateChecked)]);

    /// <summary>F of a head, [Tokens, TokenStride].</summary>
    public T[] Couplings(TermKernels<T>.Similarity kernel, int head, int scratch)
    {
        var couplings = new T[tokens * Stride];
        kernel(Query, Key, A, W, head, couplings, present, new T[scratch]);
        return couplings;
    }

    /// <summary>The gradients of Σ Seed·F by query, key, a and w.</summary>
    public TermPoint<T> Gradients(TermKernels<T>.Gradient kernel, int head, int scratch)
    {
        var gradients = new TermPoint<T>(tokens, present);
        kernel(
            Query, Key, A, W, head, Seed, gradients.Query, gradients.Key, gradients.A, gradients.W, present, new T[scratch]);
        return gradients;
    }

    /// <summary>Σ Seed·F.</summary>
    public T Loss(T[] couplings)
    {
        T sum = T.Zero;
        for (int n = 0; n < Seed.Length; n++)
        {
            sum += Seed[n] == T.Zero ? T.Zero : Seed[n] * couplings[n];
        }

        return sum;
    }

    private Vec Column(T[] features, int token) =>
        new([.. Enumerable.Range(0, Dim).Select(d => float.CreateChecked(features[d * Stride + token]))]);
}
