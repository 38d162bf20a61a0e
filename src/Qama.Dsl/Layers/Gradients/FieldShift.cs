using System.Numerics;
using Qama.Numerics;

namespace Qama.Layers.Gradients;

/// <summary>What is added to the fields of a problem.</summary>
internal interface IFieldShift
{
    /// <summary>Adds to the fields of one problem, [heads, stride]; nothing to those of absent tokens.</summary>
    void AddTo(int problem, Span<float> fields);
}

/// <summary>Problems of a pass with other fields; nothing else of them changes but the weights of hard constraints that are computed
/// from coefficients. The readout's fields stay.</summary>
internal sealed class FieldShift<T>(LayerWorkspace<T> workspace) : ParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private IFieldShift? _shift;

    /// <summary>Shifts the fields that the energy has; null leaves them as they are.</summary>
    public void Apply(IFieldShift? shift)
    {
        _shift = shift;
        try
        {
            WorkerPool.Shared.Run(this, workspace.Count, workspace.Threads);
        }
        finally
        {
            _shift = null;
        }
    }

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        int length = workspace.FieldsLength;
        ReadOnlySpan<T> own = workspace.Fields.AsSpan(index * length, length);
        Span<float> fields = workspace.ProblemFields.AsSpan(index * length, length);
        for (int i = 0; i < length; i++)
        {
            fields[i] = float.CreateTruncating(own[i]);
        }

        _shift?.AddTo(index, fields);
        workspace.Problems.UpdatePenaltyWeights(index);
    }
}
