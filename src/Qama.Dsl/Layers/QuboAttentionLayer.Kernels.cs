using System.ComponentModel;
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

    /// <summary>Whether pairs of tokens have penalties by position; of layers whose problems are not their own shape.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual bool HasPenaltiesOfPairs => false;

    /// <summary>The energy of selecting two tokens of a head together; likewise.</summary>
    /// <param name="head">The head.</param>
    /// <param name="first">The smaller token.</param>
    /// <param name="second">The other.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual double PenaltyOfPair(int head, int first, int second) => 0;

    /// <summary>The energy of selecting a token; likewise.</summary>
    /// <param name="head">The head.</param>
    /// <param name="token">The token.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual double PenaltyOfToken(int head, int token) => 0;

    internal bool PricesPairs => HasPenaltiesOfPairs;

    internal double PriceOfPair(int head, int first, int second) => PenaltyOfPair(head, first, second);

    internal double PriceOfToken(int head, int token) => PenaltyOfToken(head, token);

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
        throw new NotSupportedException($"{Model.Name} reads its selections out by the runtime.");

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
        throw new NotSupportedException($"{Model.Name} reads its selections out by the runtime.");

    /// <summary>Gradients of query, key, value and the energy's parameters, from those of couplings and fields.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample.</param>
    /// <remarks>Adds to what <see cref="BackwardReadout{TVector}"/> left. Couplings and fields are before normalisation here, and
    /// so are their gradients.</remarks>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected abstract void BackwardCoefficients<TVector>(in SampleBuffers<T> sample)
        where TVector : struct, IVector<TVector, T>;

    /// <summary><see cref="ComputeCoefficients{TVector}"/> in the machine's registers.</summary>
    internal void ComputeCoefficients(in SampleBuffers<T> sample)
    {
        var kernel = new Kernel(KernelKind.Coefficients, this, sample, default, default);
        VectorPath.Run<T, Kernel>(ref kernel);
    }

    /// <summary><see cref="ComputeReadout{TVector}"/> in the machine's registers.</summary>
    internal void ComputeReadout(in SampleBuffers<T> sample, Span<T> output)
    {
        var kernel = new Kernel(KernelKind.Readout, this, sample, output, default);
        VectorPath.Run<T, Kernel>(ref kernel);
    }

    /// <summary><see cref="BackwardReadout{TVector}"/> in the machine's registers.</summary>
    internal void BackwardReadout(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient)
    {
        var kernel = new Kernel(KernelKind.ReadoutGradient, this, sample, default, outputGradient);
        VectorPath.Run<T, Kernel>(ref kernel);
    }

    /// <summary><see cref="BackwardCoefficients{TVector}"/> in the machine's registers.</summary>
    internal void BackwardCoefficients(in SampleBuffers<T> sample)
    {
        var kernel = new Kernel(KernelKind.CoefficientGradients, this, sample, default, default);
        VectorPath.Run<T, Kernel>(ref kernel);
    }

    private enum KernelKind
    {
        Coefficients,
        Readout,
        ReadoutGradient,
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
                default:
                    _layer.BackwardCoefficients<TVector>(_sample);
                    break;
            }
        }
    }
}
