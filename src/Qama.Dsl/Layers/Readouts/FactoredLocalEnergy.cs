using System.ComponentModel;
using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>
/// <see cref="LocalEnergy{TEnergy, T}"/> of couplings that are a product of features and are never written down: with K = Σ s_j k_j and
/// Q = Σ s_j q_j, Σ_j J[i,j] s_j = c/2 (q_i·K + k_i·Q) − c s_i q_i·k_i. Outputs and gradients in time and memory that grow with the tokens.
/// </summary>
/// <typeparam name="TEnergy">The model's energy: shapes and weights, constants to the JIT.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
/// <remarks>Derivation: docs/mathematics.md, "Couplings of finite rank".</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class FactoredLocalEnergy<TEnergy, T>
    where TEnergy : struct, IDeclaredEnergy
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of scratch memory that the gradient needs.</summary>
    public static int ScratchLength => 2 * Stride;

    private static int Stride => Padding.Stride(TEnergy.Tokens);

    /// <summary>The output y[i, h·D + d] = ε[h,i] g_d.</summary>
    /// <param name="sample">Query, key, fields and selection; receives local energies.</param>
    /// <param name="factor">c.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="output">Receives y, [tokens, heads·D].</param>
    public static void Read(
        in SampleBuffers<T> sample, double factor, ReadOnlySpan<T> generator, bool weighted, Span<T> output)
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            Compute(sample, h, factor, generator.Length, weighted);
            LocalEnergy<TEnergy, T>.Write(sample, h, generator, output);
        }
    }

    /// <summary>The gradients that the output's gives.</summary>
    /// <param name="sample">Query, key, selection and local energies; the gradients of query and key are added to, that of fields is
    /// replaced.</param>
    /// <param name="factor">c.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="generatorGradient">∂L/∂g is added to it, [D].</param>
    public static void BackwardRead(
        in SampleBuffers<T> sample, double factor, ReadOnlySpan<T> generator, bool weighted, ReadOnlySpan<T> outputGradient,
        Span<T> generatorGradient)
    {
        Span<T> scratch = sample.Scratch;
        Span<T> energyGradient = Scratch.Take(ref scratch, Stride);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            LocalEnergy<TEnergy, T>.BackwardWrite(sample, h, generator, outputGradient, energyGradient, generatorGradient);
            Backward(sample, h, factor, generator.Length, weighted, energyGradient, scratch[..Stride]);
        }
    }

    /// <summary>Local energies of one head.</summary>
    /// <param name="sample">Features, fields and selection; receives local energies.</param>
    /// <param name="head">The head.</param>
    /// <param name="factor">c.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    public static void Compute(in SampleBuffers<T> sample, int head, double factor, int rank, bool weighted)
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Span<T> energies = sample.LocalEnergies.Slice(head * Stride, Stride);
        T scale = LocalEnergy<TEnergy, T>.CouplingWeight(weighted) * T.CreateTruncating(factor);
        T half = scale * T.CreateTruncating(0.5);

        // The self terms first: what is added to them later is not multiplied by s once more.
        energies.Clear();
        for (int d = 0; d < rank; d++)
        {
            Rows.MultiplyAdd(Row(sample.RowFeatures, head, rank, d), Row(sample.ColumnFeatures, head, rank, d), energies, energies);
        }

        Rows.Multiply(energies, selection, energies);
        Rows.Scale(-scale, energies, energies);
        for (int d = 0; d < rank; d++)
        {
            ReadOnlySpan<T> query = Row(sample.RowFeatures, head, rank, d), key = Row(sample.ColumnFeatures, head, rank, d);
            Rows.AddScaled(half * Rows.Dot(key, selection), query, energies);
            Rows.AddScaled(half * Rows.Dot(query, selection), key, energies);
        }

        if (TEnergy.HasField)
        {
            Rows.AddScaled(
                LocalEnergy<TEnergy, T>.FieldWeight(weighted), sample.Fields.Slice(head * Stride, Stride), energies);
        }

        Rows.Multiply(energies, selection, energies);
        Rows.Scale(T.NegativeOne, energies, energies);
    }

    /// <summary>Gradients of features and fields of one head from that of its local energies.</summary>
    /// <param name="sample">Features and selection; the gradients of features are added to, that of fields is replaced.</param>
    /// <param name="head">The head.</param>
    /// <param name="factor">c.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="energyGradient">∂L/∂ε of the head, [stride]; multiplied by s.</param>
    /// <param name="self">Scratch of as many elements.</param>
    /// <remarks>With e = ε̄ s: q̄_i = −c/2 (e_i K + s_i Σ e k − 2 e_i s_i k_i), k̄ with query and key exchanged, f̄ = −w_f e.</remarks>
    public static void Backward(
        in SampleBuffers<T> sample, int head, double factor, int rank, bool weighted, Span<T> energyGradient, Span<T> self)
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Rows.Multiply(energyGradient, selection, energyGradient);
        if (TEnergy.HasField)
        {
            Rows.Scale(
                -LocalEnergy<TEnergy, T>.FieldWeight(weighted), energyGradient, sample.FieldsGradient.Slice(head * Stride, Stride));
        }

        T scale = LocalEnergy<TEnergy, T>.CouplingWeight(weighted) * T.CreateTruncating(factor);
        T half = scale * T.CreateTruncating(-0.5);
        Rows.Multiply(energyGradient, selection, self);
        Rows.Scale(scale, self, self);
        for (int d = 0; d < rank; d++)
        {
            ReadOnlySpan<T> query = Row(sample.RowFeatures, head, rank, d), key = Row(sample.ColumnFeatures, head, rank, d);
            Add(key, Row(sample.RowFeaturesGradient, head, rank, d), energyGradient, selection, self);
            Add(query, Row(sample.ColumnFeaturesGradient, head, rank, d), energyGradient, selection, self);
        }

        void Add(ReadOnlySpan<T> other, Span<T> gradient, ReadOnlySpan<T> e, ReadOnlySpan<T> s, ReadOnlySpan<T> own)
        {
            Rows.AddScaled(half * Rows.Dot(other, s), e, gradient);
            Rows.AddScaled(half * Rows.Dot(other, e), s, gradient);
            Rows.MultiplyAdd(own, other, gradient, gradient);
        }
    }

    private static Span<T> Row(Span<T> features, int head, int rank, int feature) =>
        features.Slice(((head * rank) + feature) * Stride, Stride);
}
