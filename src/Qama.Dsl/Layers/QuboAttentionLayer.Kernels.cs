using System.ComponentModel;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers;

/// <content>The kernels of a model, and the choice of registers that they are run in.</content>
public abstract partial class QuboAttentionLayer<T>
{
    /// <summary>Wraps coefficient memory as problems of this model.</summary>
    /// <param name="capacity">The largest number of problems.</param>
    /// <param name="couplings">Memory of J, [capacity, HeadCount, Tokens, stride].</param>
    /// <param name="fields">Memory of f, [capacity, HeadCount, stride].</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields);

    /// <summary>Couplings and fields of one sample, before normalisation, from its projected query, key and value.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract void ComputeCoefficients<TVector>(in SampleBuffers<T> sample)
        where TVector : struct, IVector<TVector, T>;

    /// <summary>Output [tokens, HeadCount·HeadDim] of one sample, from its selection.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample.</param>
    /// <param name="output">Receives the output.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void ComputeReadout<TVector>(in SampleBuffers<T> sample, Span<T> output)
        where TVector : struct, IVector<TVector, T> =>
        throw new NotSupportedException($"{Model.Name} has no readout of a whole sample.");

    /// <summary>Gradients of couplings, fields and the readout's parameters, from the output's.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample.</param>
    /// <param name="outputGradient">∂L/∂output.</param>
    /// <remarks>Overwrites the gradients of couplings and fields. Adds to those of learnables and, where the readout uses
    /// them itself, of query, key and value: these are 0 on entry. The gradient of symmetric couplings is symmetric with zero
    /// diagonal: that of F in J = (F + Fᵀ)/2. <see cref="SampleBuffers{T}.Couplings"/> and
    /// <see cref="SampleBuffers{T}.Fields"/> are normalised here, as in <see cref="ComputeReadout{TVector}"/>.</remarks>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void BackwardReadout<TVector>(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient)
        where TVector : struct, IVector<TVector, T> =>
        throw new NotSupportedException($"{Model.Name} has no readout of a whole sample.");

    /// <summary>Gradients of query, key, value and the energy's parameters, from those of couplings and fields.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample.</param>
    /// <remarks>Adds to what <see cref="BackwardReadout{TVector}"/> left. Couplings and fields are before normalisation here, and
    /// so are their gradients.</remarks>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract void BackwardCoefficients<TVector>(in SampleBuffers<T> sample)
        where TVector : struct, IVector<TVector, T>;

    /// <summary>Of a causal layer: adds to each penalty the energy of selecting a token and another one together, 0 for the token itself.</summary>
    /// <param name="head">The head.</param>
    /// <param name="token">The token's position.</param>
    /// <param name="others">Positions of the others.</param>
    /// <param name="penalties">As many numbers.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void AddPairPenalties(int head, int token, ReadOnlySpan<int> others, Span<T> penalties)
    {
    }

    /// <summary>Of a causal layer: adds the energy of selecting each token.</summary>
    /// <param name="head">The head.</param>
    /// <param name="tokens">Positions.</param>
    /// <param name="penalties">As many numbers.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void AddTokenPenalties(int head, ReadOnlySpan<int> tokens, Span<T> penalties)
    {
    }

    /// <summary>Of a causal layer: 1 for tokens that a token interacts with and for itself, else 0.</summary>
    /// <param name="token">The token's position.</param>
    /// <param name="others">Positions of the others.</param>
    /// <param name="interacting">Receives as many numbers.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void FindInteracting(int token, ReadOnlySpan<int> others, Span<T> interacting) =>
        interacting[..others.Length].Fill(T.One);

    internal void PenalizePairs(int head, int token, ReadOnlySpan<int> others, Span<T> penalties) =>
        AddPairPenalties(head, token, others, penalties);

    internal void PenalizeTokens(int head, ReadOnlySpan<int> tokens, Span<T> penalties) => AddTokenPenalties(head, tokens, penalties);

    internal void Interacting(int token, ReadOnlySpan<int> others, Span<T> interacting) => FindInteracting(token, others, interacting);

    internal ReadOnlySpan<T> LearnableValues(int index) => Learnables[index].Value;

    /// <summary><see cref="ComputeCoefficients{TVector}"/> in the machine's registers.</summary>
    internal void ComputeCoefficients(in SampleBuffers<T> sample) =>
        RunHeads(KernelKind.Coefficients, sample, default, default);

    /// <summary><see cref="ComputeReadout{TVector}"/> in the machine's registers.</summary>
    internal void ComputeReadout(in SampleBuffers<T> sample, Span<T> output) =>
        RunHeads(KernelKind.Readout, sample, output, default);

    /// <summary><see cref="BackwardReadout{TVector}"/> in the machine's registers.</summary>
    internal void BackwardReadout(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient) =>
        RunHeads(KernelKind.ReadoutGradient, sample, default, outputGradient);

    /// <summary><see cref="BackwardCoefficients{TVector}"/> in the machine's registers.</summary>
    internal void BackwardCoefficients(in SampleBuffers<T> sample) =>
        RunHeads(KernelKind.CoefficientGradients, sample, default, default);

    // Heads do not depend on each other: each part of them has a thread, and scratch memory, of its own.
    private void RunHeads(KernelKind kind, in SampleBuffers<T> sample, Span<T> output, ReadOnlySpan<T> outputGradient)
    {
        var parts = new HeadParts(kind, this, sample, output, outputGradient);
        long numbers = sample.Couplings.Length + ((long)Padding.Stride(Model.Tokens) * Model.OutputDim);
        InnerLoop<HeadParts>.Run(ref parts, Math.Max(1, sample.Parts), 2 * InnerParts.PerNumber * numbers);
    }

    private readonly ref struct HeadParts(
        KernelKind kind, QuboAttentionLayer<T> layer, in SampleBuffers<T> sample, Span<T> output, ReadOnlySpan<T> outputGradient)
        : IInnerBody
    {
        private readonly SampleBuffers<T> _sample = sample;
        private readonly Span<T> _output = output;
        private readonly ReadOnlySpan<T> _outputGradient = outputGradient;

        public void Run(int index)
        {
            int parts = Math.Max(1, _sample.Parts), heads = layer.Model.HeadCount, scratch = _sample.Scratch.Length / parts;
            var kernel = new Kernel(
                kind, layer,
                _sample with
                {
                    HeadsBefore = index * heads / parts,
                    HeadsAfter = heads - ((index + 1) * heads / parts),
                    Scratch = _sample.Scratch.Slice(index * scratch, scratch),
                    Parts = 0,
                },
                _output, _outputGradient);
            VectorPath.Run<T, Kernel>(ref kernel);
        }
    }

    private enum KernelKind
    {
        Coefficients,
        Readout,
        ReadoutGradient,
        SelectionGradient,
        CoefficientGradients,
    }

    private readonly ref struct Kernel(
        KernelKind kind, QuboAttentionLayer<T> layer, in SampleBuffers<T> sample, Span<T> output, ReadOnlySpan<T> outputGradient)
        : IVectorAction<T>
    {
        private readonly KernelKind _kind = kind;
        private readonly QuboAttentionLayer<T> _layer = layer;
        private readonly SampleBuffers<T> _sample = sample;
        private readonly Span<T> _output = output;
        private readonly ReadOnlySpan<T> _outputGradient = outputGradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            switch (_kind)
            {
                case KernelKind.Coefficients:
                    _layer.ComputeCoefficients<TVector>(_sample);
                    break;
                case KernelKind.Readout:
                    _layer.ComputeReadout<TVector>(_sample, _output);
                    break;
                case KernelKind.ReadoutGradient:
                    _layer.BackwardReadout<TVector>(_sample, _outputGradient);
                    break;
                case KernelKind.SelectionGradient:
                    _layer.BackwardSelection<TVector>(_sample, _outputGradient, _output);
                    break;
                default:
                    _layer.BackwardCoefficients<TVector>(_sample);
                    break;
            }
        }
    }
}
