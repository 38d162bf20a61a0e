using Qama.Numerics.Vectors;

namespace Qama.Layers;

// Gradients of a learned coupling: a table of pairs, which no sample has memory of its own for.
internal unsafe partial class LayerPass<T>
{
    private int _first;
    private int _count;

    /// <summary>The table that is learned; null where couplings are the data's alone.</summary>
    private LearnedCouplingDescription? Learned => _model.LearnedCoupling;

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
        Run(Stage.LearnedCouplingGradients, Learned!.TableHeads * _model.Tokens);
        _first = 0;
    }

    /// <summary>Adds one row of ∂L/∂J of some samples, in order.</summary>
    private void AddUpRow(int row)
    {
        Span<T> sum = workspace.LearnedCouplingsGradient.AsSpan(row * _stride, _stride);
        int heads = Learned!.PerHead ? 1 : _model.HeadCount;
        for (int sample = _first; sample < _first + _count; sample++)
        {
            ReadOnlySpan<T> gradient = Slice(
                workspace.CouplingsGradient, layer.NormalizesCoefficients ? sample : sample - _first, workspace.CouplingsLength);
            for (int h = 0; h < heads; h++)
            {
                Rows.AddScaled(T.One, gradient.Slice(((h * _model.Tokens) + row) * _stride, _stride), sum);
            }
        }
    }
}
