using System.Numerics;
using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Inputs of one sample: query, key and value of every head, learnables, and the derivative of a loss Σ G F + Σ g f.</summary>
internal sealed class CoefficientPoint<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public CoefficientPoint(QuboAttentionLayer<T> layer, Random random, int present)
    {
        ModelDescriptor model = layer.Model;
        (Tokens, Heads, Dim, Present) = (model.Tokens, model.HeadCount, model.HeadDim, present);
        IsSymmetric = model.HasSymmetricCouplings && !model.ReadsSimilarity;
        Query = Vectors();
        Key = Vectors();
        Value = Vectors();
        Learnables = [.. model.Learnables.Select(l => layer.Parameters[l.Name])];
        foreach (Parameter<T> learnable in Learnables)
        {
            foreach (ref T value in learnable.Value)
            {
                value = Number();
            }
        }

        CouplingGradient = new T[Heads, Tokens, Tokens];
        FieldGradient = new T[Heads, Tokens];
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < present; i++)
            {
                FieldGradient[h, i] = Number();
                for (int j = 0; j < present; j++)
                {
                    CouplingGradient[h, i, j] = i == j ? (model.KeepsDiagonal ? Number() : T.Zero)
                        : IsSymmetric && j < i ? CouplingGradient[h, j, i] : Number();
                }
            }
        }

        T[,,] Vectors()
        {
            var vectors = new T[Heads, Tokens, Dim];
            for (int h = 0; h < Heads; h++)
            {
                for (int i = 0; i < present; i++)
                {
                    for (int d = 0; d < Dim; d++)
                    {
                        vectors[h, i, d] = Number();
                    }
                }
            }

            return vectors;
        }

        T Number() => T.CreateChecked((float)(2 * random.NextDouble() - 1));
    }

    public int Tokens { get; }

    public int Heads { get; }

    public int Dim { get; }

    /// <summary>Tokens that are there; the others are zero.</summary>
    public int Present { get; }

    /// <summary>Whether ∂L/∂F has to be symmetric.</summary>
    public bool IsSymmetric { get; }

    public T[,,] Query { get; }

    public T[,,] Key { get; }

    public T[,,] Value { get; }

    public IReadOnlyList<Parameter<T>> Learnables { get; }

    public T[,,] CouplingGradient { get; }

    public T[,] FieldGradient { get; }

    /// <summary>Leaves a pair out of the loss.</summary>
    public void Skip(int h, int i, int j)
    {
        CouplingGradient[h, i, j] = T.Zero;
        CouplingGradient[h, j, i] = IsSymmetric ? T.Zero : CouplingGradient[h, j, i];
    }

    /// <summary>A vector of a token in double.</summary>
    public double[] Of(T[,,] vectors, int h, int i) => [.. Enumerable.Range(0, Dim).Select(d => double.CreateChecked(vectors[h, i, d]))];
}

/// <summary>Coefficients and gradients of one sample.</summary>
/// <param name="Couplings">F, or what the layer makes of it, [heads, N, N].</param>
/// <param name="Fields">f, [heads, N].</param>
/// <param name="Gradients">By query, key, value, then every learnable.</param>
internal sealed record CoefficientResult(double[] Couplings, double[] Fields, double[][] Gradients);
