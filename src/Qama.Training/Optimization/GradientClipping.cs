using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Optimization;

/// <summary>Limits the length of the whole gradient (Pascanu, Mikolov, Bengio, arXiv 1211.5063).</summary>
public static class GradientClipping
{
    /// <summary>Scales all gradients by one factor so that their joint Euclidean norm is at most
    /// <paramref name="maxNorm"/>; leaves shorter ones, and non-finite ones, alone.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="maxNorm">Positive; infinity only measures.</param>
    /// <returns>The norm before scaling, computed in double in a fixed order.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not positive.</exception>
    public static double ClipNorm<T>(IReadOnlyList<NamedParameter<T>> parameters, double maxNorm)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (!(maxNorm > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "Expected a positive number.");
        }

        double sum = 0;
        for (int p = 0; p < parameters.Count; p++)
        {
            foreach (T value in parameters[p].Parameter.Gradient)
            {
                double g = double.CreateTruncating(value);
                sum += g * g;
            }
        }

        double norm = Math.Sqrt(sum);
        if (norm <= maxNorm || !double.IsFinite(norm))
        {
            return norm;
        }

        T factor = T.CreateTruncating(maxNorm / norm);
        for (int p = 0; p < parameters.Count; p++)
        {
            foreach (ref T value in parameters[p].Parameter.Gradient)
            {
                value *= factor;
            }
        }

        return norm;
    }
}
