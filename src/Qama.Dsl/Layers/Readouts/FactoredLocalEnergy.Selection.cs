using Qama.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <content>Gradients by selection weights; see <see cref="LocalEnergy{TEnergy, T}"/>.</content>
public static partial class FactoredLocalEnergy<TEnergy, T>
{
    /// <summary>∂L/∂s from the gradient of the output y[i, h·D + d] = ε[h,i] g_d.</summary>
    /// <param name="sample">Features, fields and selection; <see cref="ScratchLength"/> elements of scratch are used.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="selectionGradient">Receives ∂L/∂s, [heads, stride]; 0 for absent tokens.</param>
    public static void BackwardSelection(
        in SampleBuffers<T> sample, int rank, ReadOnlySpan<T> generator, bool weighted, ReadOnlySpan<T> outputGradient,
        Span<T> selectionGradient)
    {
        Span<T> scratch = sample.Scratch;
        Span<T> energyGradient = Scratch.Take(ref scratch, Stride);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            LocalEnergy<TEnergy, T>.OfEnergies(sample, h, generator, outputGradient, energyGradient);
            BackwardSelection(sample, h, rank, weighted, energyGradient, selectionGradient.Slice(h * Stride, Stride), scratch);
        }
    }

    /// <summary>∂L/∂s of one head from that of its local energies.</summary>
    /// <param name="sample">Features, fields and selection.</param>
    /// <param name="head">The head.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="energyGradient">∂L/∂ε of the head, [stride], 0 for absent tokens; used up.</param>
    /// <param name="selectionGradient">Receives ∂L/∂s of the head, [stride]; 0 for absent tokens.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> − stride elements.</param>
    public static void BackwardSelection(
        in SampleBuffers<T> sample, int head, int rank, bool weighted, Span<T> energyGradient, Span<T> selectionGradient, Span<T> scratch)
    {
        Span<T> coupled = Scratch.Take(ref scratch, Stride);
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Couple(sample, head, rank, weighted, selection, selectionGradient, scratch);
        if (TEnergy.HasField)
        {
            Rows.AddScaled(
                LocalEnergy<TEnergy, T>.FieldWeight(weighted), sample.Fields.Slice(head * Stride, Stride), selectionGradient);
        }

        Rows.Multiply(selectionGradient, energyGradient, selectionGradient);
        Rows.Multiply(energyGradient, selection, energyGradient);
        Couple(sample, head, rank, weighted, energyGradient, coupled, scratch);
        Rows.AddScaled(T.One, coupled, selectionGradient);
        Rows.Scale(T.NegativeOne, selectionGradient, selectionGradient);
        selectionGradient[sample.TokenCount..].Clear();
    }
}
