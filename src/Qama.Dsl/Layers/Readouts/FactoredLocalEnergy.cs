using System.ComponentModel;
using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>
/// <see cref="LocalEnergy{TEnergy, T}"/> of couplings that are products of features and are never written down: with A_i = Σ s_j a_j and
/// B_i = Σ s_j b_j over the tokens that interact with i, and S_i = Σ s_j, Σ_j J[i,j] s_j = c/2 (a_i·B_i + b_i·A_i) + t S_i − s_i (c a_i·b_i + t).
/// Outputs and gradients in time and memory that grow with the tokens.
/// </summary>
/// <typeparam name="TEnergy">The model's energy: shapes and weights, constants to the JIT.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
/// <remarks>c and t are <see cref="SampleBuffers{T}.CouplingScales"/> and <see cref="SampleBuffers{T}.CouplingShifts"/>. Derivation:
/// docs/mathematics.md, "Couplings of finite rank".</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class FactoredLocalEnergy<TEnergy, T>
    where TEnergy : struct, IDeclaredEnergy
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Elements of scratch memory that output and gradient need.</summary>
    public static int ScratchLength => (1 + FeatureGradient.ScratchRows) * Stride;

    private static int Stride => Padding.Stride(TEnergy.Tokens);

    private static TokenNeighbours Neighbours => new(TEnergy.CouplingWindow, TEnergy.CouplingBlock);

    /// <summary>The output y[i, h·D + d] = ε[h,i] g_d.</summary>
    /// <param name="sample">Features, fields and selection; receives local energies.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="output">Receives y, [tokens, heads·D].</param>
    public static void Read(
        in SampleBuffers<T> sample, int rank, ReadOnlySpan<T> generator, bool weighted, Span<T> output)
    {
        for (int h = sample.HeadsBefore; h < TEnergy.Heads - sample.HeadsAfter; h++)
        {
            Compute(sample, h, rank, weighted);
            LocalEnergy<TEnergy, T>.Write(sample, h, generator, output);
        }
    }

    /// <summary>The gradients that the output's gives.</summary>
    /// <param name="sample">Features, selection and local energies; the gradients of features are added to, that of fields is
    /// replaced.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="generatorGradient">∂L/∂g is added to it, [D].</param>
    public static void BackwardRead(
        in SampleBuffers<T> sample, int rank, ReadOnlySpan<T> generator, bool weighted, ReadOnlySpan<T> outputGradient,
        Span<T> generatorGradient)
    {
        Span<T> scratch = sample.Scratch;
        Span<T> energyGradient = Scratch.Take(ref scratch, Stride);
        bool isFirst = sample.HeadsBefore == 0; // adds up for all heads what they share, as without parts
        int end = TEnergy.Heads - sample.HeadsAfter;
        for (int h = sample.HeadsBefore; h < (isFirst ? TEnergy.Heads : end); h++)
        {
            LocalEnergy<TEnergy, T>.BackwardWrite(
                sample, h, generator, outputGradient, energyGradient, isFirst ? generatorGradient : default);
            if (h < end)
            {
                Backward(sample, h, rank, weighted, energyGradient, scratch);
            }
        }
    }

    /// <summary>Local energies of one head.</summary>
    /// <param name="sample">Features, fields and selection; receives local energies; <see cref="ScratchLength"/> elements of scratch are
    /// used.</param>
    /// <param name="head">The head.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    public static void Compute(in SampleBuffers<T> sample, int head, int rank, bool weighted)
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Span<T> energies = sample.LocalEnergies.Slice(head * Stride, Stride);
        Couple(sample, head, rank, weighted, selection, energies, sample.Scratch);
        if (TEnergy.HasField)
        {
            Rows.AddScaled(
                LocalEnergy<TEnergy, T>.FieldWeight(weighted), sample.Fields.Slice(head * Stride, Stride), energies);
        }

        Rows.Multiply(energies, selection, energies);
        Rows.Scale(T.NegativeOne, energies, energies);
    }

    // energies ← w_J Σ_j J[i,j] s_j of one head; two rows of scratch.
    private static void Couple(
        in SampleBuffers<T> sample, int head, int rank, bool weighted, ReadOnlySpan<T> selection, Span<T> energies, Span<T> scratch)
    {
        Span<T> sums = scratch[..(2 * Stride)];
        T scale = LocalEnergy<TEnergy, T>.CouplingWeight(weighted) * T.CreateTruncating(sample.CouplingScales[head]);
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
            ReadOnlySpan<T> a = Row(sample.RowFeatures, head, rank, d), b = Row(sample.ColumnFeatures, head, rank, d);
            Neighbours.AddProducts(half, a, b, selection, sample.TokenCount, sums, energies);
            Neighbours.AddProducts(half, b, a, selection, sample.TokenCount, sums, energies);
        }

        if (!sample.CouplingShifts.IsEmpty)
        {
            T shift = LocalEnergy<TEnergy, T>.CouplingWeight(weighted) * T.CreateTruncating(sample.CouplingShifts[head]);
            Span<T> all = sums[..sample.TokenCount];
            Neighbours.Sum(selection[..sample.TokenCount], all);
            Rows.AddScaled(shift, all, energies);
            Rows.AddScaled(-shift, selection, energies);
        }
    }

    /// <summary>Gradients of features and fields of one head from that of its local energies.</summary>
    /// <param name="sample">Features and selection; the gradients of features are added to, that of fields is replaced.</param>
    /// <param name="head">The head.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="energyGradient">∂L/∂ε of the head, [stride]; used up.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> − stride elements.</param>
    public static void Backward(
        in SampleBuffers<T> sample, int head, int rank, bool weighted, Span<T> energyGradient, Span<T> scratch)
    {
        // With e = ε̄ s: ∂L/∂J[i,j] = −w/2 (e_i s_j + s_i e_j), f̄ = −w_f e.
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Rows.Multiply(energyGradient, selection, energyGradient);
        if (TEnergy.HasField)
        {
            Rows.Scale(
                -LocalEnergy<TEnergy, T>.FieldWeight(weighted), energyGradient, sample.FieldsGradient.Slice(head * Stride, Stride));
        }

        FeatureGradient.Add(
            sample, head, rank, Neighbours, -LocalEnergy<TEnergy, T>.CouplingWeight(weighted), energyGradient, selection, scratch);
    }

    private static ReadOnlySpan<T> Row(Span<T> features, int head, int rank, int feature) =>
        FeatureGradient.Row(features, head, rank, feature, Stride);
}
