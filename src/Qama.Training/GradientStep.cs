using System.Numerics;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>What a training makes of the sum of a batch's shards: clipping, the optimiser's step, running statistics.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="parameters">The model's parameters: their gradients are the sum of the shards'.</param>
/// <param name="buffers">The model's buffers: their values are the sum of the shards'.</param>
/// <param name="optimizer">The optimiser of the parameters.</param>
/// <param name="maxNorm">Largest norm of the gradient.</param>
internal sealed class GradientStep<T>(
    IReadOnlyList<NamedParameter<T>> parameters, IReadOnlyList<NamedParameter<T>> buffers, Adam<T> optimizer, double maxNorm)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>All that training changes.</summary>
    private readonly NamedParameter<T>[] _numbers = [.. parameters, .. buffers, .. optimizer.State];

    /// <summary>Takes the step.</summary>
    /// <param name="loss">The batch's loss.</param>
    /// <param name="shards">Shards that were summed.</param>
    /// <param name="rate">The learning rate.</param>
    /// <returns>Norm of the gradient before clipping.</returns>
    /// <exception cref="NotFiniteNumberException">Loss or gradient is not finite: nothing was changed.</exception>
    public double Take(double loss, int shards, double rate)
    {
        double norm = GradientClipping.ClipNorm(parameters, maxNorm);
        if (!double.IsFinite(loss) || !double.IsFinite(norm))
        {
            throw new NotFiniteNumberException($"loss {loss}, gradient norm {norm}.");
        }

        for (int b = 0; b < buffers.Count && shards > 1; b++)
        {
            T count = T.CreateTruncating(shards);
            foreach (ref T value in buffers[b].Parameter.Value)
            {
                value /= count;
            }
        }

        optimizer.Step(rate);
        return norm;
    }

    /// <summary>Checks all that training changes: the last step of an epoch has no step after it that would notice.</summary>
    /// <exception cref="InvalidOperationException">A number is not finite.</exception>
    public void RequireFinite()
    {
        foreach (NamedParameter<T> part in _numbers)
        {
            if (!ShardPass<T>.IsFinite(part.Parameter.Value))
            {
                throw Diverged(optimizer.Steps, $"{part.Name} has a number that is NaN or infinite.", null);
            }
        }
    }

    /// <summary>The error of a training that cannot go on.</summary>
    public static InvalidOperationException Diverged(long step, string what, Exception? inner) => new(
        $"Training diverged at step {step}: {what} Lower the learning rate or MaxGradientNorm.", inner);
}
