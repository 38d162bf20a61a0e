using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <content>A short tabu search from the best states. Where a constraint holds every flip back, what lowers the energy
/// is a flip and another one that makes up for it: this finds those.</content>
/// <remarks>Glover, "Tabu search, part I", ORSA J. Comput. 1, 190 (1989); the tenure is that of Glover, Lü and Hao, 4OR
/// 8, 239 (2010).</remarks>
internal sealed partial class BitDynamics
{
    private const int FlipsPerVariable = 4;
    private const int MostFlips = 2000;
    private const int TenureSpread = 10;
    private const double Doubt = 1e-4; // by which energies must differ to be different, in units of a random field

    private bool FreezesFlips => (_exclusion is not null && _terms.Energy.IsExclusionHard)
        || _terms.Energy.SumPenalties.Any(p => p.Linear == 0);

    private void Exchange(torch.Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        int variables = _terms.Energy.Heads * _terms.Energy.Tokens * _terms.Energy.Bits;
        int steps = Math.Min(MostFlips, FlipsPerVariable * variables);
        int tenure = Math.Max(1, Math.Min((variables / 100) + 1, variables / 4));
        int spread = Math.Max(1, Math.Min(TenureSpread, variables / 4));
        var search = new Tabu(_best.transpose(1, 2).contiguous(), _present);
        Tensor next = empty([steps, _terms.Batch, _reads, 1], _terms.Type, _present.device)
            .uniform_(0, spread, generator).floor_().add_(tenure + 1);
        for (int step = 1; step <= steps; step++)
        {
            using DisposeScope inner = NewDisposeScope();
            Tensor planes = search.Bits.transpose(1, 2);
            Tensor changes = Costs(planes).mul(planes.mul(-2).add_(1)).transpose(1, 2).flatten(2);
            search.Flip(changes, step, next.select(0, step - 1).add(step));
        }

        Offer(search.Best.transpose(1, 2));
    }

    // Everything is [batch, reads, variables] or, of the best flip, [batch, reads, 1].
    private sealed class Tabu
    {
        private readonly Tensor _bits; // [batch, reads, variables]
        private readonly Tensor _best;
        private readonly Tensor _free; // the first step at which a variable may be flipped again; infinite: absent
        private readonly Tensor _energy; // relative to the first state
        private readonly Tensor _least;
        private readonly Tensor _never;

        /// <summary>Starts at states, [batch, reads, heads, tokens, bits], taken over.</summary>
        public Tabu(Tensor states, Tensor present)
        {
            Bits = states;
            Best = states.clone();
            _bits = Bits.flatten(2);
            _best = Best.flatten(2);
            _free = zeros_like(states).masked_fill_(present.eq(0), double.PositiveInfinity).flatten(2);
            _energy = zeros([states.shape[0], states.shape[1], 1], states.dtype, states.device);
            _least = zeros_like(_energy);
            _never = full([1], double.PositiveInfinity, states.dtype, states.device);
        }

        public Tensor Bits { get; }

        public Tensor Best { get; }

        /// <summary>Flips the variable that costs least among those that are free or lead below the lowest energy
        /// known.</summary>
        public void Flip(Tensor changes, int step, Tensor next)
        {
            Tensor below = changes.lt(torch.sub(_least, _energy).sub_(Doubt)).logical_and_(_free.isfinite());
            Tensor allowed = _free.le(step).logical_or_(below);
            (Tensor change, Tensor place) = where(allowed, changes, _never).min(2, keepdim: true);
            Tensor moves = change.isfinite();
            Tensor old = _bits.gather(2, place);
            _bits.scatter_(2, place, where(moves, old.mul(-1).add_(1), old));
            _free.scatter_(2, place, where(moves, next, _free.gather(2, place)));
            _energy.add_(change.masked_fill_(moves.logical_not(), 0));
            Tensor better = _energy.lt(torch.sub(_least, Doubt));
            _best.copy_(where(better, _bits, _best));
            _least.copy_(where(better, _energy, _least));
        }
    }
}
