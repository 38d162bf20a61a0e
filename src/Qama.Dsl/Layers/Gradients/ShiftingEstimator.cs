using System.Numerics;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Layers.Gradients;

/// <summary>An estimator that solves problems with shifted fields.</summary>
internal abstract class ShiftingEstimator<T>(LayerWorkspace<T> workspace) : SlopeEstimator<T>(workspace), IFieldShift
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _fieldWeight = workspace.Owner.Model.FieldWeight;

    /// <summary>Makes the problems.</summary>
    protected FieldShift<T> Shift { get; } = new(workspace);

    void IFieldShift.AddTo(int problem, Span<float> fields)
    {
        int stride = fields.Length / Workspace.Owner.Model.HeadCount;
        AddTo(problem, fields, stride, Workspace.TokenCounts[problem]);
    }

    /// <summary>Adds to the fields of one problem.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="fields">[heads, stride].</param>
    /// <param name="stride">Fields of a head.</param>
    /// <param name="tokens">Tokens present.</param>
    protected abstract void AddTo(int problem, Span<float> fields, int stride, int tokens);

    /// <summary>Adds −amount ∂L/∂s to the reward of every weight: towards a smaller loss where the amount is positive.</summary>
    protected void AddSlopes(double amount, int problem, int read, Span<float> fields)
    {
        ReadOnlySpan<T> slopes = Slope(problem, read);
        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] -= (float)(amount / _fieldWeight * double.CreateTruncating(slopes[i]));
        }
    }

    /// <summary>An amount of reward as a field.</summary>
    protected float InFields(double reward) => (float)(reward / _fieldWeight);

    /// <summary>Random numbers of the pass's own that the forward solve does not use.</summary>
    protected SamplingKey OwnKey(long purpose) =>
        Workspace.PassKey with { Seed = (long)RandomStream.Mix((ulong)Workspace.PassKey.Seed ^ (0x4772616469656E74UL + (ulong)purpose)) };

    /// <summary>The statistics of a difference (T(s) − T(s'))/distance: index 0 has the first state, 1 the second.</summary>
    protected double Difference(int index, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, double distance, Span<T> weights)
    {
        if (first.SequenceEqual(second))
        {
            return 0;
        }

        Workspace.Pass.ReadWeights(index == 0 ? first : second, weights);
        return (index == 0 ? 1 : -1) / distance;
    }
}
