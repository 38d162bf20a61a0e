using System.ComponentModel;
using Qama.Numerics.Vectors;

namespace Qama.Layers;

/// <content>Backward passes that solve problems again.</content>
public abstract partial class QuboAttentionLayer<T>
{
    /// <summary>Computes gradients after a forward pass with a shared input. No thread is held while a machine solves what the gradient
    /// needs (<see cref="GradientDescription.BackwardSolves"/>); the same numbers as <see cref="Backward(ReadOnlySpan{T}, Span{T},
    /// LayerWorkspace{T})"/>.</summary>
    /// <param name="outputGradient">∂L/∂output, [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="inputGradient">Receives ∂L/∂input, [batch, tokens, EmbeddingDim]; empty if not wanted.</param>
    /// <param name="workspace">The workspace of the forward pass.</param>
    /// <param name="cancellationToken">Ends the solves.</param>
    /// <exception cref="ArgumentException">A length does not match the forward pass.</exception>
    /// <exception cref="InvalidOperationException">The workspace holds no forward pass of this form.</exception>
    /// <exception cref="NotFiniteNumberException">A gradient by a selection weight is NaN or infinite, and problems are to be solved with
    /// it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no gradient is changed, and the call may be repeated.</exception>
    public async ValueTask BackwardAsync(
        ReadOnlyMemory<T> outputGradient, Memory<T> inputGradient, LayerWorkspace<T> workspace,
        CancellationToken cancellationToken = default)
    {
        PrepareBackward(outputGradient.Length, workspace, sharedInput: true);
        RequireGradientLength(inputGradient.Length, Model.Tokens, workspace, nameof(inputGradient));
        FindSlopes(outputGradient.Span, workspace);
        await workspace.Estimator.SolveAgainAsync(cancellationToken).ConfigureAwait(false);
        Differentiate(outputGradient.Span, inputGradient.Span, default, default, workspace);
    }

    /// <summary>Computes gradients after a forward pass with separate inputs. No thread is held while a machine solves what the gradient
    /// needs; see <see cref="BackwardAsync(ReadOnlyMemory{T}, Memory{T}, LayerWorkspace{T}, CancellationToken)"/>.</summary>
    /// <exception cref="ArgumentException">A length does not match the forward pass.</exception>
    /// <exception cref="InvalidOperationException">The workspace holds no forward pass of this form.</exception>
    /// <exception cref="NotFiniteNumberException">A gradient by a selection weight is NaN or infinite, and problems are to be solved with
    /// it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no gradient is changed, and the call may be repeated.</exception>
    public async ValueTask BackwardAsync(
        ReadOnlyMemory<T> outputGradient, Memory<T> queryGradient, Memory<T> keyGradient, Memory<T> valueGradient,
        LayerWorkspace<T> workspace, CancellationToken cancellationToken = default)
    {
        PrepareBackward(outputGradient.Length, workspace, sharedInput: false);
        RequireGradientLength(queryGradient.Length, Model.Tokens, workspace, nameof(queryGradient));
        RequireGradients(queryGradient.Length, keyGradient.Length, nameof(keyGradient));
        RequireGradients(queryGradient.Length, valueGradient.Length, nameof(valueGradient));
        FindSlopes(outputGradient.Span, workspace);
        await workspace.Estimator.SolveAgainAsync(cancellationToken).ConfigureAwait(false);
        Differentiate(outputGradient.Span, queryGradient.Span, keyGradient.Span, valueGradient.Span, workspace);
    }

    /// <summary>∂L/∂s of one sample's selection weights, taken as real numbers.</summary>
    /// <typeparam name="TVector">The registers.</typeparam>
    /// <param name="sample">The sample: coefficients and selection as in <see cref="ComputeReadout{TVector}"/>. The gradients of couplings
    /// and fields may be used as scratch memory.</param>
    /// <param name="outputGradient">∂L/∂output.</param>
    /// <param name="selectionGradient">Receives ∂L/∂s, [heads, stride]; 0 for absent tokens.</param>
    /// <exception cref="NotSupportedException">The model's gradient does without; overridden where it does not.</exception>
    [EditorBrowsable(EditorBrowsableState.Never)]
    protected virtual void BackwardSelection<TVector>(
        in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
        where TVector : struct, IVector<TVector, T> =>
        throw new NotSupportedException($"{Model.Name} has no gradient by its selection weights.");

    /// <summary><see cref="BackwardSelection{TVector}"/> in the machine's registers.</summary>
    internal void BackwardSelection(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
    {
        var kernel = new Kernel(KernelKind.SelectionGradient, this, sample, selectionGradient, outputGradient);
        VectorPath.Run<T, Kernel>(ref kernel);
    }

    private static unsafe void FindSlopes(ReadOnlySpan<T> outputGradient, LayerWorkspace<T> workspace)
    {
        if (!workspace.Estimator.NeedsSlopes)
        {
            return;
        }

        fixed (T* g = outputGradient)
        {
            workspace.Pass.OutputGradient = g;
            workspace.Pass.RunSlopes();
        }
    }
}
