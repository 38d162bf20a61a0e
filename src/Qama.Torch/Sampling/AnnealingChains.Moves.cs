using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <content>Proposals: a weight goes to another level; two weights of a head trade levels, or one passes some to the
/// other; two heads trade what they hold of a token, or of two. All are their own inverse or as likely as it.</content>
internal sealed partial class AnnealingChains
{
    private readonly Scalar _one = 1;
    private readonly Scalar _minusOne = -1;
    private readonly Scalar _two = 2;
    private readonly Scalar _minusTwo = -2;
    private Tensor[][] _tradeGroups = []; // by distance of the two positions, from 1 to half of them; as _groups

    // Proposes level XOR mask to the tokens at a position.
    private void Flip(int position, int mask, Tensor threshold)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = _weightAt[position];
        Tensor change = LevelChange(weights, mask);
        Tensor cost = Cost(position, weights, change);
        AddSumChange(cost, change);
        change.mul_(cost.lt_(threshold));
        Update(position, weights, change);
        _local.addcmul_(_rowAt[position], change.unsqueeze(0), _one);
        _sums?.add_(change);
    }

    // What level XOR mask adds to weights.
    private Tensor LevelChange(Tensor weights, int mask)
    {
        if (_bits == 1)
        {
            return weights.mul(_minusTwo).add_(_one);
        }

        Tensor levels = Levels(weights).bitwise_xor_(_masks[mask]);
        return levels.to(_terms.Type).mul_(1.0 / ((1L << _bits) - 1)).sub_(weights);
    }

    // What changes of the weights at a position cost, but for penalties on sums.
    private Tensor Cost(int position, Tensor weights, Tensor change)
    {
        Tensor slope = _localAt[position];
        Tensor? others = null;
        if (_exclusion is not null)
        {
            others = _columns!.index_select(0, _tokensAt[position]);
            if (!_terms.ExclusionOnBits)
            {
                slope = slope.addcmul(others.sub_(weights), _exclusion, _one);
            }
        }

        if (_squares is not null)
        {
            slope = slope.addcmul(torch.add(change, weights, _two), _squaresAt[position], _one);
        }

        Tensor cost = slope.mul(change);
        return others is not null && _terms.ExclusionOnBits
            ? cost.addcmul_(BitOverlap(others, weights, change), _exclusion!, _one) : cost;
    }

    // Σ over the bits of the change of x times what the other heads hold of it.
    private Tensor BitOverlap(Tensor columns, Tensor weights, Tensor change)
    {
        Tensor before = Counted(weights);
        Tensor after = Counted(torch.add(weights, change));
        return after.sub_(before).mul_(columns.sub_(before)).sum(-1);
    }

    private void AddSumChange(Tensor cost, Tensor change)
    {
        foreach (TensorSumTerm term in _sumTerms)
        {
            term.AddChange(cost, _sums!, change);
        }
    }

    // Weights and columns of a position after accepted changes.
    private void Update(int position, Tensor weights, Tensor change)
    {
        if (_columns is null)
        {
            weights.add_(change);
        }
        else if (_terms.ExclusionOnBits)
        {
            Tensor before = Counted(weights);
            weights.add_(change);
            _columns.index_add_(0, _tokensAt[position], Counted(weights).sub_(before), _one);
        }
        else
        {
            weights.add_(change);
            _columns.index_add_(0, _tokensAt[position], change, _one);
        }
    }

    // Between the tokens at two positions, random and the same for all heads; where heads exclude each other those that
    // would meet propose one after the other.
    private void ProposeTrade(ref int step)
    {
        int first = _random.NextInt32(_tokens);
        int distance = 1 + _random.NextInt32(_tokens - 1);
        int second = (first + distance) % _tokens;
        int shift = Shift();
        Tensor[] groups = _tradeGroups.Length == 0 ? [] : _tradeGroups[Math.Min(distance, _tokens - distance) - 1];
        if (groups.Length <= 1)
        {
            Trade(first, second, shift, _noiseAt[step++]);
            return;
        }

        foreach (Tensor group in groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Trade(first, second, shift, _noiseAt[step++].add(group));
        }
    }

    // 0 for a trade, or the number of levels that the second passes to the first.
    private int Shift()
    {
        if (_bits == 1)
        {
            return 0;
        }

        int choice = _random.NextInt32(4 * ((1 << _bits) - 1));
        int amount = 1 + (choice / 4);
        return (choice & 2) == 0 ? 0 : (choice & 1) == 0 ? amount : -amount;
    }

    private void Trade(int first, int second, int shift, Tensor threshold)
    {
        using DisposeScope scope = NewDisposeScope();
        (Tensor mine, Tensor theirs) = (_weightAt[first], _weightAt[second]);
        double unit = 1.0 / ((1L << _bits) - 1);
        Tensor change = shift == 0 ? torch.sub(theirs, mine) : full_like(mine, shift * unit);
        Tensor cost = Cost(first, mine, change).add_(Cost(second, theirs, change.neg()));
        Tensor pair = _rowAt[first].select(0, second);
        cost.addcmul_(change.square(), pair, _minusOne);
        if (shift != 0)
        {
            Tensor outside = torch.add(mine, change).sub_(0.5).abs_();
            outside = outside.maximum(torch.sub(theirs, change).sub_(0.5).abs_());
            cost.masked_fill_(outside.gt(0.5 + (unit / 4)), Absent);
        }

        change.mul_(cost.lt_(threshold));
        Update(first, mine, change);
        Update(second, theirs, change.neg());
        _local.addcmul_(_rowAt[first].sub(_rowAt[second]), change.unsqueeze(0), _one);
    }

    // Groups of heads no two of which meet at a token when each is at two positions of a distance; one upload for all.
    private void MakeTradeGroups()
    {
        if (!HasTrades || _exclusion is null)
        {
            return;
        }

        List<List<int>>[] members = [.. Enumerable.Range(1, _tokens / 2).Select(GroupsOf)];
        Tensor masks = Masks([.. members.SelectMany(m => m)]);
        int row = 0;
        _tradeGroups = [.. members.Select(m => m.Select(_ => masks.select(0, row++)).ToArray())];
    }

    private List<List<int>> GroupsOf(int distance)
    {
        var groups = new List<List<int>>();
        for (int h = 0; h < _heads; h++)
        {
            List<int>? group = groups.Find(g => g.TrueForAll(other => !Meet(h, other, distance)));
            if (group is null)
            {
                groups.Add(group = []);
            }

            group.Add(h);
        }

        return groups;
    }

    private bool Meet(int head, int other, int distance)
    {
        int apart = Math.Abs(_offsets[head] - _offsets[other]);
        return apart == 0 || apart == distance || apart == _tokens - distance;
    }
}
