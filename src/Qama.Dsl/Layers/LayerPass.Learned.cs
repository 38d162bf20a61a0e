using Qama.Numerics.Vectors;

namespace Qama.Layers;

// Gradients of a learned coupling: a table of pairs, which no sample has memory of its own for.
internal unsafe partial class LayerPass<T>
{
    private int _first;
    private int _count;

    /// <summary>The table that is learned; null where couplings are the data's alone.</summary>
    private protected LearnedCouplingDescription? Learned => _model.LearnedCoupling;

    /// <summary>Whether gradients of the learned table are at hand when a sample's readout is differentiated.</summary>
    private protected virtual bool AddsUpAtOnce => Learned is not null && !layer.NormalizesCoefficients;

    /// <summary>Runs a stage that leaves ∂L/∂J in memory, and adds it up. Each worker has memory for one: as many samples as there are
    /// workers are computed, then added in order, so that sums do not depend on the number of workers.</summary>
    private void RunAndAddUp(Stage stage)
    {
        for (int first = 0; first < workspace.Count; first += workspace.Threads)
        {
            int count = Math.Min(workspace.Threads, workspace.Count - first);
            _first = first;
            Run(stage, count);
            AddUpCouplingGradients(first, count);
        }

        _first = 0;
    }

    private void AddUpCouplingGradients(int first, int count)
    {
        (_first, _count) = (first, count);
        Run(Stage.LearnedCouplingGradients, Learned!.TableHeads * Learned.Tokens);
        _first = 0;
    }

    /// <summary>Adds one row of ∂L/∂J of some samples, in order.</summary>
    private void AddUpRow(int row)
    {
        Span<T> sum = workspace.LearnedCouplingsGradient.AsSpan(row * _stride, _stride);
        int heads = Learned!.PerHead ? 1 : _model.HeadCount;
        for (int sample = _first; sample < _first + _count; sample++)
        {
            for (int h = 0; h < heads; h++)
            {
                AddUpRow(AddsUpAtOnce ? sample - _first : sample, (h * Learned.Tokens) + row, sum);
            }
        }
    }

    /// <summary>Adds a row of the gradient of a table of one sample.</summary>
    /// <param name="memory">Whose memory it is in: a worker's or a sample's.</param>
    /// <param name="row">The row, of all heads' one after another.</param>
    /// <param name="sum">Added to, [stride].</param>
    private protected virtual void AddUpRow(int memory, int row, Span<T> sum) => Rows.AddScaled(
        T.One, Slice(workspace.CouplingsGradient, memory, workspace.CouplingsLength).Slice(row * _stride, _stride), sum);
}
