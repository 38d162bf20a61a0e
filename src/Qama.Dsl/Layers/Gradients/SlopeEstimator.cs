using System.Numerics;

namespace Qama.Layers.Gradients;

/// <summary>An estimator that ∂L/∂s of every read is found for.</summary>
internal abstract class SlopeEstimator<T> : GradientEstimator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _slopes; // [capacity, reads, heads, stride]

    protected SlopeEstimator(LayerWorkspace<T> workspace)
        : base(workspace)
    {
        _slopes = new T[checked((int)(workspace.Capacity * SlopesOf(workspace.Owner.Model, workspace.FieldsLength)))];
    }

    public override bool NeedsSlopes => true;

    public override Span<T> Slope(int problem, int read) => _slopes.AsSpan(
        ((problem * Workspace.Samples.ReadCount) + read) * Workspace.FieldsLength, Workspace.FieldsLength);

    /// <summary>Refuses slopes that no problem can be made of.</summary>
    protected void RequireFiniteSlopes()
    {
        for (int p = 0; p < Workspace.Count; p++)
        {
            for (int r = 0; r < Workspace.Samples.ReadCount; r++)
            {
                foreach (T slope in Slope(p, r))
                {
                    if (!T.IsFinite(slope))
                    {
                        throw new NotFiniteNumberException(
                            $"{Workspace.Owner.Model.Name}: the gradient of the loss by a selection weight of sample {p} is NaN or "
                            + "infinite: the output's gradient or the parameters are, or are too large. No gradient is changed.");
                    }
                }
            }
        }
    }
}
