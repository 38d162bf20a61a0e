using Qama.Numerics;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>
/// The Markov chains of all reads of all problems of a batch, moved together by operations of torch. A step proposes to
/// one token of every head; where heads exclude each other, which they do at the same token only, each head is at a
/// token of its own, so that the proposals of a step do not interact and each is made at the energies that it sees.
/// </summary>
/// <remarks>
/// Layout: [position, head, problem, read], so that a step works on whole contiguous rows. Head h has token (p + h) mod
/// N at position p (token p where heads do not exclude each other). All is in a unit per problem in which the largest
/// coefficient is near 1. In-place operations and views made once: a step leaves no tensor behind.
/// </remarks>
internal sealed partial class AnnealingChains
{
    private const double Absent = 1e30; // what selecting an absent token costs, in units of the largest coefficient
    private const int RefreshInterval = 1024; // sweeps after which rounding errors of the updated fields are wiped out

    private readonly TensorEnergyTerms _terms;
    private readonly torch.Generator _generator;
    private readonly int _heads;
    private readonly int _tokens;
    private readonly int _bits;
    private readonly int _reads;
    private readonly int[] _offsets; // [heads]
    private readonly int[] _order; // of positions
    private readonly Tensor _pairs; // [positions, positions, heads, problems]
    private readonly Tensor _linear; // [positions, heads, problems, 1]
    private readonly Tensor? _squares; // [positions, heads, problems, 1]
    private readonly Tensor? _exclusion; // [problems, 1]
    private readonly TensorSumTerm[] _sumTerms; // weights [problems, 1]
    private readonly Tensor _weights; // s, [positions, heads, problems, reads]
    private readonly Tensor _local; // a + A s, [positions, heads, problems, reads]
    private readonly Tensor? _columns; // [tokens, problems, reads], and [.., bits] where bits count one by one
    private readonly Tensor? _sums; // [heads, problems, reads]
    private readonly Tensor _tokenTable; // [positions, heads]: the token of a head at a position
    private readonly Tensor[] _weightAt; // views of a position
    private readonly Tensor[] _localAt;
    private readonly Tensor[] _rowAt;
    private readonly Tensor[] _squaresAt;
    private readonly Tensor[] _tokensAt;
    private readonly Tensor[] _masks; // 0 to 2^B − 1, as integers; with several bits
    private readonly Tensor _unit; // [problems, 1]
    private RandomStream _random;

    public AnnealingChains(TensorEnergyTerms terms, int reads, torch.Generator generator, RandomStream random)
    {
        TensorEnergy energy = terms.Energy;
        (_terms, _reads, _generator, _random) = (terms, reads, generator, random);
        (_heads, _tokens, _bits) = (energy.Heads, energy.Tokens, energy.Bits);
        _offsets = [.. Enumerable.Range(0, _heads).Select(h => terms.Exclusion is null ? 0 : h % _tokens)];
        _order = [.. Enumerable.Range(0, _tokens)];
        using DisposeScope scope = NewDisposeScope();
        Tensor unit = terms.Unit();
        _unit = unit.unsqueeze(1);
        _pairs = stack(Enumerable.Range(0, _heads).Select(RolledPairs), 2).mul_(unit);
        _exclusion = terms.Exclusion?.mul(unit).unsqueeze(1);
        _sumTerms = [.. terms.Sums.Select(s => s.With(w => w.mul(unit).unsqueeze(1)))];
        Tensor linear = terms.SumSlope is null ? terms.Linear.clone() : terms.Linear.add(terms.SumSlope.view(-1, 1, 1));
        if (terms.Squares is not null && _bits == 1)
        {
            linear.add_(terms.Squares); // x² = x
        }

        linear.mul_(unit.view(-1, 1, 1)).masked_fill_(terms.Present.eq(0).unsqueeze(1), Absent);
        _linear = Rolled(linear).unsqueeze(3);
        _squares = terms.Squares is null || _bits == 1
            ? null : Rolled(terms.Squares.mul(unit.view(-1, 1, 1))).unsqueeze(3);
        long[] shape = [_tokens, _heads, terms.Batch, reads];
        _weights = zeros(shape, terms.Type, unit.device);
        _local = zeros(shape, terms.Type, unit.device);
        long[] column = terms.ExclusionOnBits ? [_tokens, terms.Batch, reads, _bits] : [_tokens, terms.Batch, reads];
        _columns = _exclusion is null ? null : zeros(column, terms.Type, unit.device);
        _sums = _sumTerms.Length == 0 ? null : zeros([_heads, terms.Batch, reads], terms.Type, unit.device);
        _tokenTable = tensor(
            [.. Enumerable.Range(0, _tokens * _heads).Select(k => (long)TokenAt(k / _heads, k % _heads))],
            [_tokens, _heads], ScalarType.Int64, unit.device);
        _weightAt = Rows(_weights);
        _localAt = Rows(_local);
        _squaresAt = _squares is null ? [] : Rows(_squares);
        _rowAt = Rows(_pairs.unsqueeze(4));
        _tokensAt = _columns is null ? [] : Rows(_tokenTable);
        _masks = _bits == 1 ? [] : Rows(arange(1L << _bits, ScalarType.Int64, unit.device));
        MakeGroups();
        MakeTradeGroups();
        MakeCells();
        Refresh();
        KeepAll(scope);
    }

    /// <summary>Where hard constraints keep single flips from happening: proposals that change two weights.</summary>
    private bool HasTrades => _sums is not null;

    private bool HasHandOvers =>
        _exclusion is not null && (_sums is not null || _bits > 1 || _terms.Energy.IsExclusionHard);

    /// <summary>Draws every weight's level anew.</summary>
    public void Randomise()
    {
        using DisposeScope scope = NewDisposeScope();
        long levels = 1L << _bits;
        _weights.uniform_(0, levels, _generator).floor_().clamp_(0, levels - 1).mul_(1.0 / (levels - 1));
        _weights.mul_(RolledPresent());
        Refresh();
    }

    /// <summary>Goes to states.</summary>
    /// <param name="weights">s, [problem, head, read, token].</param>
    public void Load(Tensor weights)
    {
        using DisposeScope scope = NewDisposeScope();
        for (int h = 0; h < _heads; h++)
        {
            _weights.select(1, h).copy_(weights.select(1, h).permute(2, 0, 1).roll(-_offsets[h], 0));
        }

        Refresh();
    }

    /// <summary>The states, [problem, read, head, token, bit], booleans.</summary>
    public Tensor States()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = stack(
            Enumerable.Range(0, _heads).Select(h => _weights.select(1, h).roll(_offsets[h], 0).permute(1, 2, 0)), 2);
        return scope.MoveToOuter(_bits == 1 ? weights.gt(0.5).unsqueeze(4) : Bits(Levels(weights)).ne(0));
    }

    /// <summary>The energies, in the chains' units and up to a constant, [problem, read].</summary>
    public Tensor Energies()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor slope = _local.add(_linear).mul_(0.5);
        if (_squares is not null)
        {
            slope.addcmul_(_squares, _weights, 1);
        }

        Tensor energy = slope.mul_(_weights).sum([0, 1]);
        if (_exclusion is not null)
        {
            energy.addcmul_(_exclusion, Overlaps(), 0.5);
        }

        foreach (TensorSumTerm term in _sumTerms)
        {
            energy.add_(term.Energy(_sums!).sum(0L));
        }

        return scope.MoveToOuter(energy);
    }

    // Twice Σ_{a<b} s s', or of their bits: the square of the column less the squares.
    private Tensor Overlaps()
    {
        Tensor all = _columns!.square();
        if (!_terms.ExclusionOnBits)
        {
            return all.sum(0L).sub_(_weights.square().sum([0, 1]));
        }

        return all.sum([0, 3]).sub_(_columns.sum([0, 3])); // a bit is its own square
    }

    // Local fields and sums of the present states, from nothing.
    private void Refresh()
    {
        using DisposeScope scope = NewDisposeScope();
        // [heads, problems, positions, reads].
        Tensor product = _pairs.permute(2, 3, 0, 1).matmul(_weights.permute(1, 2, 0, 3));
        _local.copy_(product.permute(2, 0, 1, 3)).add_(_linear);
        _sums?.copy_(_weights.sum(0L));
        if (_columns is not null)
        {
            _columns.zero_();
            for (int p = 0; p < _tokens; p++)
            {
                using DisposeScope step = NewDisposeScope();
                _columns.index_add_(0, _tokensAt[p], Counted(_weightAt[p]), 1);
            }
        }
    }

    // What exclusion counts of weights: their bits, or themselves.
    private Tensor Counted(Tensor weights) =>
        _terms.ExclusionOnBits ? Bits(Levels(weights)).to(_terms.Type) : weights;

    private Tensor Levels(Tensor weights) => weights.mul((1L << _bits) - 1).round_().to(ScalarType.Int64);

    // [.., bits] of levels, 0 where a bit is not set.
    private Tensor Bits(Tensor levels) => levels.unsqueeze(-1).bitwise_and(_terms.BitPowers).clamp_max_(1);

    private Tensor RolledPresent()
    {
        Tensor present = _terms.Present.unsqueeze(1).expand(_terms.Batch, _heads, _tokens);
        return Rolled(present).unsqueeze(3);
    }

    // From [problem, head, token] to [position, head, problem].
    private Tensor Rolled(Tensor rows) =>
        stack(Enumerable.Range(0, _heads).Select(h => rows.select(1, h).transpose(0, 1).roll(-_offsets[h], 0)), 1);

    private Tensor RolledPairs(int head)
    {
        Tensor pairs = _terms.Pairs.select(1, head).permute(1, 2, 0);
        long offset = -_offsets[head];
        return offset == 0 ? pairs : pairs.roll([offset, offset], [0, 1]);
    }

    private int TokenAt(int position, int head) => (position + _offsets[head]) % _tokens;

    private int PositionOf(int token, int head) => (token - _offsets[head] + _tokens) % _tokens;

    private static Tensor[] Rows(Tensor tensor) =>
        [.. Enumerable.Range(0, (int)tensor.shape[0]).Select(p => tensor.select(0, p))];

    // What lives as long as the chains belongs to the scope around them.
    private void KeepAll(DisposeScope scope)
    {
        IEnumerable<Tensor?> kept =
        [
            _pairs, _linear, _squares, _exclusion, _weights, _local, _columns, _sums, _tokenTable, _unit,
            .. _weightAt, .. _localAt, .. _rowAt, .. _squaresAt, .. _tokensAt, .. _masks,
            .. _sumTerms.Select(s => s.Weight), .. _groups, .. _tradeGroups.SelectMany(g => g),
            .. _cellsAt, .. _rowsOf, _rowCells,
        ];
        scope.MoveToOuter(kept.OfType<IDisposable>());
    }
}
