namespace Qama.Training.Modules;

/// <summary>What a pass needs to know about its batch besides the numbers.</summary>
/// <param name="Count">Samples in the batch, at least 1.</param>
/// <param name="Step">The training step, from 1; 0 in evaluation. Samplers draw new random numbers for every step.</param>
/// <param name="FirstSample">Index of the batch's first sample in the data set or epoch: a sample's random numbers follow
/// from its index, so results do not depend on how the data are cut into evaluation batches.</param>
public readonly record struct BatchInfo(int Count, long Step = 0, long FirstSample = 0)
{
    /// <summary>Tokens present in each sample, [<see cref="Count"/>], at least 1 each; empty for all of every sample. Tokens beyond are
    /// padding: attention never looks at them, and no mean counts them (<see cref="Layers.PresentTokens{T}"/>).</summary>
    public ReadOnlyMemory<int> TokenCounts { get; init; }
}
