using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <content>Gradients by selection weights, taken as real numbers: with ε̄ = ∂L/∂ε, that by s_k is
/// −ε̄_k (w_J Σ_j J[k,j] s_j + w_f f_k) − w_J Σ_i ε̄_i s_i J[i,k].</content>
public static partial class LocalEnergy<TEnergy, T>
{
    /// <summary>∂L/∂s from the gradient of the output y[i, h·D + d] = ε[h,i] g_d.</summary>
    /// <param name="sample">Couplings, fields and selection; one row of scratch is used.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="selectionGradient">Receives ∂L/∂s, [heads, stride]; 0 for absent tokens.</param>
    public static void BackwardSelection(
        in SampleBuffers<T> sample, ReadOnlySpan<T> generator, bool weighted, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
    {
        Span<T> energyGradient = sample.Scratch[..Stride];
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            OfEnergies(sample, h, generator, outputGradient, energyGradient);
            BackwardSelection(sample, h, weighted, energyGradient, selectionGradient.Slice(h * Stride, Stride));
        }
    }

    /// <summary>∂L/∂s of one head from that of its local energies.</summary>
    /// <param name="sample">Couplings, fields and selection.</param>
    /// <param name="head">The head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="energyGradient">∂L/∂ε of the head, [stride], of tokens that are not selected too.</param>
    /// <param name="selectionGradient">Receives ∂L/∂s of the head, [stride]; 0 for absent tokens.</param>
    public static void BackwardSelection(
        in SampleBuffers<T> sample, int head, bool weighted, ReadOnlySpan<T> energyGradient, Span<T> selectionGradient)
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        selectionGradient.Clear();
        for (int i = 0; i < sample.TokenCount; i++)
        {
            ReadOnlySpan<T> couplings = sample.Couplings.Slice(((head * TEnergy.Tokens) + i) * Stride, Stride);
            T reward = CouplingWeight(weighted) * Rows.Dot(couplings, selection);
            if (TEnergy.HasField)
            {
                reward += FieldWeight(weighted) * sample.Fields[(head * Stride) + i];
            }

            selectionGradient[i] -= energyGradient[i] * reward;
            if (selection[i] != T.Zero)
            {
                Rows.AddScaled(-CouplingWeight(weighted) * energyGradient[i] * selection[i], couplings, selectionGradient);
            }
        }

        selectionGradient[sample.TokenCount..].Clear();
    }

    /// <summary>∂L/∂ε of every present token of a head, [stride], from the output's gradient.</summary>
    internal static void OfEnergies(
        in SampleBuffers<T> sample, int head, ReadOnlySpan<T> generator, ReadOnlySpan<T> outputGradient, Span<T> energyGradient)
    {
        energyGradient.Clear();
        for (int i = 0; i < sample.TokenCount; i++)
        {
            energyGradient[i] = Rows.Dot(
                outputGradient.Slice(((i * TEnergy.Heads) + head) * generator.Length, generator.Length), generator);
        }
    }
}
