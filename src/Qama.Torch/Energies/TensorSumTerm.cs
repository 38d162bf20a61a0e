using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Energies;

/// <summary>The quadratic part of a penalty on a head's sum S, weight·max(g, floor)² with g = direction·(S − target):
/// the rest of it is linear.</summary>
internal sealed class TensorSumTerm(TensorSumPenalty penalty, Tensor weight)
{
    private readonly Scalar _direction = penalty.Direction;
    private readonly Scalar _start = -penalty.Direction * penalty.Target;
    private readonly Scalar _twice = -2 * penalty.Target;
    private readonly Scalar _floor = double.IsNegativeInfinity(penalty.Floor) ? 0 : penalty.Floor;
    private readonly Scalar _one = 1;
    private readonly Scalar _two = 2;
    private readonly bool _isQuadratic = double.IsNegativeInfinity(penalty.Floor);

    /// <summary>The weight, in a shape that broadcasts with sums.</summary>
    public Tensor Weight { get; } = weight;

    /// <summary>The penalty with weights of another shape or unit.</summary>
    public TensorSumTerm With(Func<Tensor, Tensor> change) => new(penalty, change(Weight));

    /// <summary>The energy at sums.</summary>
    public Tensor Energy(Tensor sums) => Beyond(sums).square().mul_(Weight);

    /// <summary>Adds to costs what changes of sums cost.</summary>
    public void AddChange(Tensor costs, Tensor sums, Tensor changes)
    {
        if (_isQuadratic)
        {
            costs.addcmul_(torch.add(changes, sums, _two).add_(_twice).mul_(changes), Weight, _one);
            return;
        }

        Tensor before = Beyond(sums);
        Tensor after = Beyond(torch.add(sums, changes));
        costs.addcmul_(torch.sub(after, before).mul_(after.add_(before)), Weight, _one);
    }

    private Tensor Beyond(Tensor sums)
    {
        Tensor beyond = sums.mul(_direction).add_(_start);
        return _isQuadratic ? beyond : beyond.clamp_min_(_floor);
    }
}
