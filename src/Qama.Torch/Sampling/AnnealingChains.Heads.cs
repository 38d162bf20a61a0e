using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <content>Moves between two heads, which exclusion does not resist: they trade what they hold of a token, so that
/// what exclusion sees of it stays the same. Heads are paired at random and all pairs propose at the same
/// token.</content>
internal sealed partial class AnnealingChains
{
    private Tensor[] _cellsAt = []; // by token, [heads]: index of (position, head) among all, of the token
    private Tensor[] _rowsOf = []; // by token, [heads]: index of the first of its pair coefficients
    private Tensor? _rowCells; // [positions · heads]: from there to the coefficient with a position

    private void MakeCells()
    {
        if (!HasHandOvers)
        {
            return;
        }

        var cells = new long[_tokens * _heads];
        for (int k = 0; k < cells.Length; k++)
        {
            cells[k] = (PositionOf(k / _heads, k % _heads) * _heads) + (k % _heads);
        }

        Tensor table = tensor(cells, [_tokens, _heads], ScalarType.Int64, _weights.device);
        _cellsAt = Rows(table);
        _rowsOf = Rows(table.div(_heads, RoundingMode.floor).mul_((long)_tokens * _heads));
        _rowCells = arange((long)_tokens * _heads, ScalarType.Int64, _weights.device).view(_tokens, _heads);
    }

    // [steps, 2, heads]: a random partner for every head, an unpaired one its own; and the first head of each pair,
    // whose threshold counts. One upload for a sweep.
    private Tensor Pairings()
    {
        var pairings = new long[HandOvers * 2 * _heads];
        int[] heads = [.. Enumerable.Range(0, _heads)];
        for (int step = 0; step < HandOvers; step++)
        {
            Shuffle(heads);
            Span<long> partner = pairings.AsSpan(2 * step * _heads, _heads);
            Span<long> leader = pairings.AsSpan(((2 * step) + 1) * _heads, _heads);
            for (int i = 0; i < _heads; i++)
            {
                int other = Math.Min(i ^ 1, _heads - 1);
                partner[heads[i]] = heads[other];
                leader[heads[i]] = heads[Math.Min(i, other)];
            }
        }

        return tensor(pairings, [HandOvers, 2, _heads], ScalarType.Int64, _weights.device);
    }

    // With two tokens both sums may stay the same too.
    private void ProposeHandOver(Tensor pairing, bool two, Tensor noise)
    {
        int first = _random.NextInt32(_tokens);
        using DisposeScope scope = NewDisposeScope();
        Tensor partner = pairing.select(0, 0);
        Cells one = At(first, partner);
        Tensor cost = CostOf(one);
        Tensor sum = one.Change;
        Cells? other = null;
        if (two)
        {
            other = At((first + 1 + _random.NextInt32(_tokens - 1)) % _tokens, partner);
            Tensor index = torch.add(_rowsOf[one.Token], _cellsAt[other.Token]);
            Tensor between = _pairs.view(-1, _terms.Batch).index_select(0, index);
            cost.add_(CostOf(other)).addcmul_(torch.mul(one.Change, other.Change), between.unsqueeze(2), _one);
            sum = torch.add(sum, other.Change);
        }

        AddSumChange(cost, sum);
        Tensor threshold = noise.index_select(0, pairing.select(0, 1));
        Tensor accepted = torch.add(cost, cost.index_select(0, partner)).lt_(threshold);
        Make(one, accepted);
        if (other is not null)
        {
            Make(other, accepted);
        }

        _sums?.addcmul_(sum, accepted, _one);
    }

    // The heads' weights of a token, which are at positions of their own, and what a trade would add to them.
    private Cells At(int token, Tensor partner)
    {
        Tensor weights = _weights.flatten(0, 1).index_select(0, _cellsAt[token]);
        return new Cells(token, weights, weights.index_select(0, partner).sub_(weights));
    }

    private Tensor CostOf(Cells cells)
    {
        Tensor index = _cellsAt[cells.Token];
        Tensor slope = _local.flatten(0, 1).index_select(0, index);
        if (_squares is not null)
        {
            Tensor squares = _squares.flatten(0, 1).index_select(0, index);
            slope.addcmul_(torch.add(cells.Change, cells.Weights, _two), squares, _one);
        }

        return slope.mul_(cells.Change);
    }

    private void Make(Cells cells, Tensor accepted)
    {
        Tensor change = cells.Change.mul(accepted);
        _weights.flatten(0, 1).index_add_(0, _cellsAt[cells.Token], change, _one);
        Tensor index = torch.add(_rowCells!, _rowsOf[cells.Token]).flatten();
        Tensor rows = _pairs.view(-1, _terms.Batch).index_select(0, index).view(_tokens, _heads, _terms.Batch, 1);
        _local.addcmul_(rows, change.unsqueeze(0), _one);
    }

    private sealed record Cells(int Token, Tensor Weights, Tensor Change);
}
