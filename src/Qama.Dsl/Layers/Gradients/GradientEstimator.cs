using System.Numerics;
using Qama.Sampling;

namespace Qama.Layers.Gradients;

/// <summary>
/// How the loss reaches coefficients through the selections of a pass. An estimator solves further problems where it needs to, and hands
/// over statistics: pairs of a factor a and selection weights s, for each problem. The gradient of the coefficients gets Σ a T(s), where
/// T(s) is what −E is differentiated by (w_J s_i s_j of J[i,j], w_f s_i of f[i]); what coefficients there are is not its business.
/// </summary>
/// <remarks>Formulas and sources: docs/mathematics.md, "Gradients through the solver". One estimator serves one workspace.</remarks>
internal abstract class GradientEstimator<T>(LayerWorkspace<T> workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Whether <see cref="Slope"/> is to be filled before <see cref="SolveAgainAsync"/>.</summary>
    public virtual bool NeedsSlopes => false;

    /// <summary>Whether there may be statistics.</summary>
    public virtual bool CanHaveStatistics => true;

    /// <summary>Statistics of every problem in the pass at hand.</summary>
    public virtual int StatisticCount => 0;

    /// <summary>The workspace whose passes it serves.</summary>
    protected LayerWorkspace<T> Workspace => workspace;

    /// <summary>The estimator that a model declares.</summary>
    public static GradientEstimator<T> Of(LayerWorkspace<T> workspace)
    {
        GradientDescription gradient = workspace.Owner.Model.Gradient;
        return gradient.Kind switch
        {
            GradientKind.Covariance => new CovarianceEstimator<T>(workspace),
            GradientKind.Identity => new IdentityEstimator<T>(workspace),
            GradientKind.Blackbox => new BlackboxEstimator<T>(workspace, gradient),
            GradientKind.Perturbed => new PerturbedEstimator<T>(workspace, gradient),
            GradientKind.Nudged => new NudgedEstimator<T>(workspace, gradient),
            _ => new EnergyEstimator<T>(workspace),
        };
    }

    /// <summary>Finds the selections of a forward pass.</summary>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    public virtual ValueTask SolveAsync(ISampler sampler, CancellationToken cancellationToken) =>
        LayerSampling.RunAsync(workspace, sampler, workspace.Samples, workspace.PassKey, cancellationToken);

    /// <summary>∂L/∂s of one read as if the output were that read's alone, [heads, stride]; 0 for absent tokens.</summary>
    public virtual Span<T> Slope(int problem, int read) => [];

    /// <summary>The further solves of a backward pass, once slopes are there.</summary>
    /// <exception cref="NotFiniteNumberException">A slope is NaN or infinite.</exception>
    public virtual ValueTask SolveAgainAsync(CancellationToken cancellationToken) => default;

    /// <summary>One statistic of a problem.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="index">0 to <see cref="StatisticCount"/> − 1.</param>
    /// <param name="contributions">Of every read, (G − mean of G)/(R − 1) with G the loss's slope along its output; empty for one read.</param>
    /// <param name="weights">Receives s, [heads, stride]; unspecified where the factor is 0.</param>
    /// <returns>The factor.</returns>
    public virtual double ReadStatistic(int problem, int index, ReadOnlySpan<double> contributions, Span<T> weights) => 0;

    /// <summary>Elements that <see cref="Slope"/> takes of a problem.</summary>
    public static long SlopesOf(ModelDescriptor model, long fields) => model.Gradient.Kind switch
    {
        GradientKind.Identity or GradientKind.Blackbox => fields,
        GradientKind.Perturbed or GradientKind.Nudged => fields * model.ReadCount,
        _ => 0,
    };

    /// <summary>States of further solves that are kept of a problem, and of one solve at a time.</summary>
    public static long FurtherReadsOf(ModelDescriptor model) => model.Gradient.Kind switch
    {
        GradientKind.Blackbox => 1,
        GradientKind.Perturbed => model.ReadCount + 1,
        GradientKind.Nudged => 2 * model.ReadCount,
        _ => 0,
    };
}

/// <summary>No path through the selection.</summary>
internal sealed class EnergyEstimator<T>(LayerWorkspace<T> workspace) : GradientEstimator<T>(workspace)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override bool CanHaveStatistics => false;
}
