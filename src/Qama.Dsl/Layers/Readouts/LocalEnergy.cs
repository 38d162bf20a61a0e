using System.ComponentModel;
using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>
/// Local energies ε[h,i] = −s_i (w_J Σ_j J[h,i,j] s_j + w_f f[h,i]), outputs made of them, and gradients with s held. Without
/// weighting both weights are 1. Source: arXiv 2504.11083.
/// </summary>
/// <typeparam name="TEnergy">The model's energy: shapes and weights, constants to the JIT.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class LocalEnergy<TEnergy, T>
    where TEnergy : struct, IDeclaredEnergy
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static int Stride => Padding.Stride(TEnergy.Tokens);

    /// <summary>Local energies of one head.</summary>
    /// <param name="sample">Couplings, fields and selection; receives local energies.</param>
    /// <param name="head">The head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    public static void Compute(in SampleBuffers<T> sample, int head, bool weighted)
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        Span<T> energies = sample.LocalEnergies.Slice(head * Stride, Stride);
        energies.Clear();
        for (int i = 0; i < TEnergy.Tokens; i++)
        {
            if (selection[i] != T.Zero)
            {
                ReadOnlySpan<T> couplings = sample.Couplings.Slice(((head * TEnergy.Tokens) + i) * Stride, Stride);
                T reward = CouplingWeight(weighted) * Rows.Dot(couplings, selection);
                if (TEnergy.HasField)
                {
                    reward += FieldWeight(weighted) * sample.Fields[(head * Stride) + i];
                }

                energies[i] = -selection[i] * reward;
            }
        }
    }

    /// <summary>The output y[i, h·D + d] = ε[h,i] g_d.</summary>
    /// <param name="sample">Couplings, fields and selection; receives local energies.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="output">Receives y, [tokens, heads·D].</param>
    public static void Read(in SampleBuffers<T> sample, ReadOnlySpan<T> generator, bool weighted, Span<T> output)
    {
        for (int h = sample.HeadsBefore; h < TEnergy.Heads - sample.HeadsAfter; h++)
        {
            Compute(sample, h, weighted);
            Write(sample, h, generator, output);
        }
    }

    /// <summary>One head's part of the output, from its local energies.</summary>
    internal static void Write(in SampleBuffers<T> sample, int head, ReadOnlySpan<T> generator, Span<T> output)
    {
        ReadOnlySpan<T> energies = sample.LocalEnergies.Slice(head * Stride, Stride);
        for (int i = 0; i < TEnergy.Tokens; i++)
        {
            Rows.Scale(energies[i], generator, output.Slice(((i * TEnergy.Heads) + head) * generator.Length, generator.Length));
        }
    }

    /// <summary>The gradients that the output's gives.</summary>
    /// <typeparam name="TVector">Registers.</typeparam>
    /// <param name="sample">Selection and local energies; receives the gradients of couplings and fields.</param>
    /// <param name="generator">g, [D].</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="generatorGradient">∂L/∂g is added to it, [D].</param>
    public static void BackwardRead<TVector>(
        in SampleBuffers<T> sample, ReadOnlySpan<T> generator, bool weighted, ReadOnlySpan<T> outputGradient,
        Span<T> generatorGradient)
        where TVector : struct, IVector<TVector, T>
    {
        Span<T> energyGradient = sample.Scratch[..Stride];
        // Heads share g: the part with the first head adds up for all of them, in order.
        bool isFirst = sample.HeadsBefore == 0;
        int end = TEnergy.Heads - sample.HeadsAfter;
        for (int h = sample.HeadsBefore; h < (isFirst ? TEnergy.Heads : end); h++)
        {
            BackwardWrite(sample, h, generator, outputGradient, energyGradient, isFirst ? generatorGradient : default);
            if (h < end)
            {
                Backward<TVector>(sample, h, weighted, energyGradient);
            }
        }
    }

    /// <summary>∂L/∂ε of one head, [stride], from the output's gradient; ∂L/∂g is added to, unless it is empty.</summary>
    internal static void BackwardWrite(
        in SampleBuffers<T> sample, int head, ReadOnlySpan<T> generator, ReadOnlySpan<T> outputGradient, Span<T> energyGradient,
        Span<T> generatorGradient)
    {
        ReadOnlySpan<T> energies = sample.LocalEnergies.Slice(head * Stride, Stride);
        energyGradient.Clear();
        for (int i = 0; i < TEnergy.Tokens; i++)
        {
            // ε is 0 where nothing is selected, and so is all that follows from it.
            if (sample.Selection[(head * Stride) + i] != T.Zero)
            {
                ReadOnlySpan<T> gradient = outputGradient.Slice(
                    ((i * TEnergy.Heads) + head) * generator.Length, generator.Length);
                energyGradient[i] = Rows.Dot(gradient, generator);
                if (!generatorGradient.IsEmpty)
                {
                    Rows.AddScaled(energies[i], gradient, generatorGradient);
                }
            }
        }
    }

    /// <summary>Gradients of J and f of one head from that of its local energies.</summary>
    /// <typeparam name="TVector">Registers.</typeparam>
    /// <param name="sample">Selection; receives the gradients of couplings and fields.</param>
    /// <param name="head">The head.</param>
    /// <param name="weighted">Whether the solver's weights count.</param>
    /// <param name="energyGradient">∂L/∂ε of the head, [stride].</param>
    public static void Backward<TVector>(in SampleBuffers<T> sample, int head, bool weighted, ReadOnlySpan<T> energyGradient)
        where TVector : struct, IVector<TVector, T>
    {
        ReadOnlySpan<T> selection = sample.Selection.Slice(head * Stride, Stride);
        if (TEnergy.HasField)
        {
            // ∂ε_i/∂f_i = −w_f s_i.
            Span<T> fieldsGradient = sample.FieldsGradient.Slice(head * Stride, Stride);
            for (int t = 0; t < Stride; t += TVector.Count)
            {
                TVector own = -FieldWeight(weighted) * TVector.Load(selection, t);
                TVector.Store(fieldsGradient, t, own * TVector.Load(energyGradient, t));
            }
        }

        long work = InnerParts.PerNumber * TEnergy.Tokens * Stride;
        int part = InnerParts.Rows(TEnergy.Tokens, work, tile: 1);
        var rows = new CouplingRows<TVector>(
            selection, energyGradient, sample.CouplingsGradient.Slice(head * TEnergy.Tokens * Stride, TEnergy.Tokens * Stride), weighted,
            part);
        InnerLoop<CouplingRows<TVector>>.Run(ref rows, InnerParts.Count(TEnergy.Tokens, part), work);
    }

    internal static T CouplingWeight(bool weighted) => weighted ? T.CreateTruncating(TEnergy.CouplingWeight) : T.One;

    internal static T FieldWeight(bool weighted) => weighted ? T.CreateTruncating(TEnergy.FieldWeight) : T.One;

    // ∂ε_i/∂J[i,j] = −w_J s_i s_j; where J is (F + Fᵀ)/2, the gradient of F[i,j] is −w_J (ε̄_i + ε̄_j) s_i s_j / 2.
    private readonly ref struct CouplingRows<TVector>(
        ReadOnlySpan<T> selection, ReadOnlySpan<T> energyGradient, Span<T> couplingsGradient, bool weighted, int part) : IInnerBody
        where TVector : struct, IVector<TVector, T>
    {
        private readonly ReadOnlySpan<T> _selection = selection;
        private readonly ReadOnlySpan<T> _energyGradient = energyGradient;
        private readonly Span<T> _couplingsGradient = couplingsGradient;

        public void Run(int index)
        {
            T share = TEnergy.HasSymmetricCouplings ? T.CreateTruncating(-0.5) : T.NegativeOne;
            for (int i = index * part; i < Math.Min((index + 1) * part, TEnergy.Tokens); i++)
            {
                Span<T> row = _couplingsGradient.Slice(i * Stride, Stride);
                if (_selection[i] == T.Zero)
                {
                    row.Clear();
                    continue;
                }

                TVector factor = TVector.All(share * CouplingWeight(weighted) * _selection[i]);
                TVector own = TVector.All(_energyGradient[i]);
                for (int t = 0; t < Stride; t += TVector.Count)
                {
                    TVector both = TEnergy.HasSymmetricCouplings ? own + TVector.Load(_energyGradient, t) : own;
                    TVector.Store(row, t, factor * TVector.Load(_selection, t) * both);
                }

                if (!TEnergy.KeepsDiagonal)
                {
                    row[i] = T.Zero;
                }
            }
        }
    }
}
