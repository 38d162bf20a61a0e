namespace Qama.Layers;

// ∂L/∂s of the selections, before the backward pass.
internal unsafe partial class LayerPass<T>
{
    /// <summary>Fills the estimator's slopes from <see cref="OutputGradient"/>. No gradient is added to anything.</summary>
    public void RunSlopes()
    {
        if (workspace.OutputNorm is { } norm)
        {
            Run(Stage.OutputGradientSums, workspace.Count);
            norm.CombineGradients(workspace.Count, isFinal: false);
        }

        Run(Stage.Slopes, workspace.Count);
    }

    private void ComputeSlopes(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: false);
        ReadOnlySpan<T> outputGradient = OwnOutputGradient(sample, worker);
        for (int read = 0; read < _model.ReadCount; read++)
        {
            Select(sample, read, buffers.Selection);
            layer.BackwardSelection(buffers, outputGradient, workspace.Estimator.Slope(sample, read));
        }
    }

    // ∂L/∂y of a sample before the output's normalisation.
    private ReadOnlySpan<T> OwnOutputGradient(int sample, int worker)
    {
        ReadOnlySpan<T> outputGradient = Of(OutputGradient, sample);
        if (workspace.OutputNorm is not { } norm)
        {
            return outputGradient;
        }

        Span<T> own = Slice(workspace.OwnOutputGradient, worker, workspace.OutputLength);
        norm.Backward(outputGradient, Slice(workspace.OwnOutput, sample, workspace.OutputLength), OutputEntries(sample), own);
        return own;
    }

    // Where statistics of the selection go.
    private Span<T> SolverGradient(in SampleBuffers<T> buffers, int sample) => workspace.StatisticsGradient.Length == 0
        ? buffers.CouplingsGradient
        : Slice(workspace.StatisticsGradient, sample, workspace.CouplingsLength);
}
