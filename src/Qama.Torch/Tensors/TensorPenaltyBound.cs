using System.ComponentModel;
using Qama.Contract;
using Qama.Layers.Readouts;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>A hard constraint whose weight is computed from each problem: every weight above rise /
/// <paramref name="Unit"/> suffices.</summary>
/// <param name="Unit">The least that the penalty falls by a repair, for weight 1.</param>
/// <param name="Repairs">The repairs it takes, each of changes made together; the costliest counts.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed record TensorConstraint(double Unit, params Change[][] Repairs);

/// <summary>The weights of <see cref="PenaltyBound"/> for all problems of a batch, where their numbers are.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class TensorPenaltyBound
{
    // How far a weight stays above its bound.
    private static readonly double _margin = PenaltyBound.WeightAbove(1);

    /// <summary>Sufficient weights of hard constraints, [batch, count], in the problem's type, without
    /// derivatives.</summary>
    /// <param name="problem">The problems.</param>
    /// <param name="constraints">The constraints.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static Tensor Weights(TensorProblem problem, IReadOnlyList<TensorConstraint> constraints)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(constraints);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var coefficients = new Coefficients(problem);
        return stack(constraints.Select(Weight), 1).to(problem.NumberType).MoveToOuterDisposeScope();

        Tensor Weight(TensorConstraint constraint)
        {
            Tensor rise = constraint.Repairs.Select(coefficients.Rise).Aggregate(maximum).clamp_min(0);
            Tensor bound = rise / constraint.Unit;
            return where(bound.gt(0), bound * _margin, ones_like(bound));
        }
    }

    /// <summary>The coefficients of problems, of 32 bits at least, and how they resist changes.</summary>
    private sealed class Coefficients
    {
        private readonly TensorEnergy _energy;
        private readonly Tensor _present; // [batch, 1, N]
        private readonly Tensor _count; // [batch, 1, 1]
        private readonly Tensor? _pairs; // a[i,j] = J[i,j] + J[j,i], 0 on the diagonal
        private readonly Tensor? _diagonal;
        private readonly Tensor? _fields;

        public Coefficients(TensorProblem problem)
        {
            _energy = problem.Energy;
            _present = problem.Present.unsqueeze(1);
            _count = problem.Present.to(int64).sum(1).reshape(-1, 1, 1);
            if (Wide(problem.Couplings) is { } couplings)
            {
                Tensor own = couplings.diagonal(0, 2, 3);
                _pairs = couplings + couplings.transpose(2, 3);
                _pairs = _pairs - diag_embed(_pairs.diagonal(0, 2, 3), 0, 2, 3);
                _diagonal = _energy.KeepsDiagonal ? own : null;
            }

            _fields = Wide(problem.Fields);
        }

        /// <summary>The most that the energy besides hard penalties rises by changes made together, [batch].</summary>
        public Tensor Rise(Change[] changes) =>
            changes.Select(c => c.Constant + (c.Step * Slope(c))).Aggregate((a, b) => a + b);

        private static Tensor? Wide(Tensor? x) =>
            x is null || x.dtype is ScalarType.Float32 or ScalarType.Float64 ? x : x.to(float32);

        private Tensor Slope(Change change)
        {
            Tensor slopes = TokenSlopes(change);
            if (change.Kind == ChangeKind.Replace)
            {
                return where(_present, slopes, zeros_like(slopes)).sum([1, 2]);
            }

            // The choices-th largest of the tokens that are there; a head with fewer of them cannot violate the
            // constraint.
            long tokens = _energy.Tokens;
            Tensor choices = full_like(_count, change.Choices);
            choices = change.Kind == ChangeKind.Raise ? (choices - (tokens - _count)).clamp_min(1) : choices;
            slopes = where(_present, slopes, full_like(slopes, double.NegativeInfinity));
            Tensor ordered = slopes.sort(-1, descending: true).Values;
            Tensor index = (choices - 1).clamp(0, tokens - 1).expand(-1, ordered.shape[1], 1);
            Tensor chosen = ordered.gather(-1, index);
            return where(choices.le(_count), chosen, zeros_like(chosen)).amax([1, 2]).clamp_min(0);
        }

        /// <summary>What each token's coefficients resist a change, [batch, heads, N].</summary>
        private Tensor TokenSlopes(Change change)
        {
            bool replaces = change.Kind == ChangeKind.Replace;
            Tensor slopes = zeros_like(
                _fields ?? _pairs?.select(3, 0) ?? _present.to(float32).expand(-1, _energy.Heads, -1));
            if (_pairs is not null)
            {
                Tensor pairs = Resistance(change, _pairs), total = pairs.sum(-1);
                Tensor sum = replaces ? total / 2 : minimum(total, change.Mass * pairs.amax([-1]));
                if (_diagonal is not null)
                {
                    sum = sum + ((replaces ? 1 : 2 - change.Step) * Resistance(change, _diagonal));
                }

                slopes = slopes + (_energy.CouplingWeight * sum);
            }

            return _fields is null ? slopes : slopes + (_energy.FieldWeight * Resistance(change, _fields));
        }

        private static Tensor Resistance(Change change, Tensor x) => change.Kind switch
        {
            ChangeKind.Lower => x.clamp_min(0),
            ChangeKind.Raise => (-x).clamp_min(0),
            _ => x.abs(),
        };
    }
}
