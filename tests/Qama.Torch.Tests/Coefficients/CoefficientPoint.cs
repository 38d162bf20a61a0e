using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Inputs of one sample: query, key and value of every head, learnables, and the derivative of a loss Σ G F +
/// Σ g f.</summary>
internal sealed class CoefficientPoint
{
    public CoefficientPoint(QuboAttentionLayer<double> layer, Random random, int present)
    {
        ModelDescriptor model = layer.Model;
        (Tokens, Heads, Dim, Present) = (model.Tokens, model.HeadCount, model.HeadDim, present);
        IsSymmetric = model.HasSymmetricCouplings && !model.ReadsSimilarity;
        Query = Vectors();
        Key = Vectors();
        Value = Vectors();
        Learnables = [.. model.Learnables.Select(l => layer.Parameters[l.Name])];
        foreach (Parameter<double> learnable in Learnables)
        {
            foreach (ref double value in learnable.Value)
            {
                value = Number();
            }
        }

        CouplingGradient = new double[Heads, Tokens, Tokens];
        FieldGradient = new double[Heads, Tokens];
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < present; i++)
            {
                FieldGradient[h, i] = Number();
                for (int j = 0; j < present; j++)
                {
                    CouplingGradient[h, i, j] = i == j ? (model.KeepsDiagonal ? Number() : 0)
                        : IsSymmetric && j < i ? CouplingGradient[h, j, i] : Number();
                }
            }
        }

        double[,,] Vectors()
        {
            var vectors = new double[Heads, Tokens, Dim];
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

        double Number() => (float)(2 * random.NextDouble() - 1);
    }

    public int Tokens { get; }

    public int Heads { get; }

    public int Dim { get; }

    /// <summary>Tokens that are there; the others are zero.</summary>
    public int Present { get; }

    /// <summary>Whether ∂L/∂F has to be symmetric.</summary>
    public bool IsSymmetric { get; }

    public double[,,] Query { get; }

    public double[,,] Key { get; }

    public double[,,] Value { get; }

    public IReadOnlyList<Parameter<double>> Learnables { get; }

    public double[,,] CouplingGradient { get; }

    public double[,] FieldGradient { get; }

    /// <summary>Leaves a pair out of the loss.</summary>
    public void Skip(int h, int i, int j)
    {
        CouplingGradient[h, i, j] = 0;
        CouplingGradient[h, j, i] = IsSymmetric ? 0 : CouplingGradient[h, j, i];
    }

    /// <summary>A vector of a token in double.</summary>
    public double[] Of(double[,,] vectors, int h, int i) => [.. Enumerable.Range(0, Dim).Select(d => vectors[h, i, d])];
}

/// <summary>Coefficients and gradients of one sample.</summary>
/// <param name="Couplings">F, or what the layer makes of it, [heads, N, N].</param>
/// <param name="Fields">f, [heads, N].</param>
/// <param name="Gradients">By query, key, value, then every learnable.</param>
internal sealed record CoefficientResult(double[] Couplings, double[] Fields, double[][] Gradients);
