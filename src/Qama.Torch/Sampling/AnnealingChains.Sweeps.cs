using Qama.Numerics;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <content>Sweeps: temperatures, random numbers, the order of proposals.</content>
internal sealed partial class AnnealingChains
{
    // [heads, 1, 1]: 0 for heads that propose in a step, −infinity for the others; empty where all do.
    private Tensor[] _groups = [];
    private Tensor? _noise; // [steps, heads, problems, reads]: how much a proposal may cost
    private Tensor[] _noiseAt = [];

    private enum Rule
    {
        /// <summary>Only down.</summary>
        Descent,

        /// <summary>min(1, e^(−Δ/T)): for annealing.</summary>
        Metropolis,

        /// <summary>1/(1 + e^(Δ/T)): for sampling; a variable that costs nothing to flip does not flip every
        /// time.</summary>
        HeatBath,
    }

    /// <summary>Draws from the Boltzmann distribution: sweeps at one temperature, from random states.</summary>
    public void Sample(int sweeps, double temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        Randomise();
        Reserve();
        Tensor scaled = _unit.mul(temperature);
        for (int sweep = 1; sweep <= sweeps; sweep++)
        {
            Sweep(Rule.HeatBath, scaled);
            RefreshAfter(sweep);
        }
    }

    /// <summary>Anneals from the greedy state, as <see cref="Qama.Problems.AnnealingSchedule"/> has it, and ends in the
    /// best states seen after a sweep, lowered.</summary>
    public void Anneal(int sweeps, double hot, double cold, int descent)
    {
        using DisposeScope scope = NewDisposeScope();
        Reserve();
        Fill();
        (Tensor hottest, Tensor coldest) = Scale();
        hottest.mul_(hot);
        coldest.mul_(cold);
        Cool(sweeps, hottest, coldest);
        Descend(descent);
    }

    /// <summary>Lowers states that another dynamics has found.</summary>
    public void Polish(int descent)
    {
        using DisposeScope scope = NewDisposeScope();
        Reserve();
        Descend(descent);
    }

    // Of a sweep: about as many as there are weights and, with sums, as many of two tokens; a step makes one for every
    // two heads.
    private int HandOvers => HasHandOvers ? (_heads + 1) / (_heads / 2) * _tokens * (HasTrades ? 2 : 1) : 0;

    private void Cool(int sweeps, Tensor hottest, Tensor coldest)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor temperature = (sweeps == 1 ? coldest : hottest).clone();
        Tensor factor = coldest.div(hottest).pow(1.0 / Math.Max(1, sweeps - 1)).nan_to_num(1);
        Tensor least = Energies();
        Tensor best = _weights.clone();
        for (int sweep = 1; sweep <= sweeps; sweep++)
        {
            Sweep(Rule.Metropolis, temperature);
            temperature.mul_(factor);
            RefreshAfter(sweep);
            Keep(best, least);
        }

        _weights.copy_(best);
        Refresh();
    }

    private void Descend(int sweeps)
    {
        _noise!.zero_();
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            Sweep(Rule.Descent, _unit);
        }
    }

    private void Keep(Tensor best, Tensor least)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor energy = Energies();
        Tensor better = energy.lt(least);
        best.copy_(where(better, _weights, best));
        least.copy_(least.minimum(energy));
    }

    private void RefreshAfter(int sweep)
    {
        if (sweep % RefreshInterval == 0)
        {
            Refresh();
        }
    }

    // One greedy sweep from nothing between the lowest level and the highest.
    private void Fill()
    {
        _weights.zero_();
        Refresh();
        _noise!.zero_();
        int step = 0;
        for (int position = 0; position < _tokens; position++)
        {
            Propose(position, (1 << _bits) - 1, ref step);
        }
    }

    // The hot and the cold scale, [problems, 1]: see Qama.Problems.AnnealingSchedule.
    private (Tensor Hot, Tensor Cold) Scale()
    {
        using DisposeScope scope = NewDisposeScope();
        double unit = 1.0 / ((1L << _bits) - 1);
        double variance = ((1L << (2 * _bits)) - 1) / 3.0 * unit * unit / 4;
        Tensor count = _terms.Present.sum(1, keepdim: true).clamp_min_(1);
        Tensor pairs = linalg.vector_norm(_pairs, 2, [0, 1, 2]).unsqueeze(1).square();
        pairs.mul_(variance / _heads).div_(count);
        Tensor all = pairs.clone();
        if (_exclusion is not null && !_terms.Energy.IsExclusionHard)
        {
            all.add_(_exclusion.square(), (_heads - 1) * (_terms.ExclusionOnBits ? 0.25 : variance));
        }

        Tensor ratio = pairs.div(all).pow(0.25).nan_to_num(1).clamp_min_(0.1);
        Tensor hot = all.sqrt();
        if (!HasTrades && !_terms.Energy.IsExclusionHard)
        {
            hot.mul_(Undecided(hot).div_(count.mul(_heads)).clamp_min_(0.1));
        }

        return scope.MoveToOuter(hot, hot.mul(ratio));
    }

    // Weights whose change from the lowest level to the highest or back costs less than the fluctuation, mean over the
    // reads.
    private Tensor Undecided(Tensor fluctuation)
    {
        Tensor undecided = zeros_like(fluctuation);
        for (int p = 0; p < _tokens; p++)
        {
            using DisposeScope step = NewDisposeScope();
            Tensor change = LevelChange(_weightAt[p], (1 << _bits) - 1);
            Tensor isUndecided = Cost(p, _weightAt[p], change).abs_().lt(fluctuation);
            undecided.add_(isUndecided.to(_terms.Type).sum(0L).mean([1L], keepdim: true));
        }

        return undecided;
    }

    private void Sweep(Rule rule, Tensor temperature)
    {
        using DisposeScope scope = NewDisposeScope();
        Draw(rule, temperature);
        Shuffle(_order);
        int step = 0;
        foreach (int position in _order)
        {
            for (int b = 0; b < _bits; b++)
            {
                Propose(position, _bits == 1 ? 1 : 1 + _random.NextInt32((1 << _bits) - 1), ref step);
            }
        }

        for (int k = 0; HasTrades && k < _tokens && _tokens > 1; k++)
        {
            ProposeTrade(ref step);
        }

        if (HasHandOvers)
        {
            Tensor pairings = Pairings();
            for (int k = 0; k < HandOvers; k++)
            {
                ProposeHandOver(pairings.select(0, k), HasTrades && _tokens > 1 && k % 2 == 1, _noiseAt[step++]);
            }
        }
    }

    // To a token of every head, or to those of one group after the other.
    private void Propose(int position, int mask, ref int step)
    {
        if (_groups.Length == 0)
        {
            Flip(position, mask, _noiseAt[step++]);
            return;
        }

        foreach (Tensor group in _groups)
        {
            using DisposeScope scope = NewDisposeScope();
            Flip(position, mask, _noiseAt[step++].add(group));
        }
    }

    private void Draw(Rule rule, Tensor temperature)
    {
        switch (rule)
        {
            case Rule.Metropolis:
                _noise!.exponential_(1, _generator).mul_(temperature);
                break;
            case Rule.HeatBath:
                _noise!.uniform_(0, 1, _generator).logit_().mul_(temperature);
                break;
        }
    }

    private void Shuffle(int[] items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int other = _random.NextInt32(i + 1);
            (items[i], items[other]) = (items[other], items[i]);
        }
    }

    private void Reserve()
    {
        int trades = HasTrades ? Math.Max(1, _tradeGroups.Select(g => g.Length).DefaultIfEmpty().Max()) : 0;
        int steps = (_tokens * ((Math.Max(1, _groups.Length) * _bits) + trades)) + HandOvers;
        _noise = empty([steps, _heads, _terms.Batch, _reads], _terms.Type, _weights.device);
        _noiseAt = Rows(_noise);
    }

    // With more heads than tokens some are at the same token: they propose one after the other.
    private void MakeGroups()
    {
        if (_exclusion is null || _heads <= _tokens)
        {
            return;
        }

        Tensor masks = Masks([.. Enumerable.Range(0, _heads).Chunk(_tokens)]);
        _groups = Rows(masks);
    }

    // [groups, heads, 1, 1]: 0 for heads of the group, else −infinity.
    private Tensor Masks(IReadOnlyList<IEnumerable<int>> groups)
    {
        var values = new double[groups.Count * _heads];
        Array.Fill(values, double.NegativeInfinity);
        for (int g = 0; g < groups.Count; g++)
        {
            foreach (int head in groups[g])
            {
                values[(g * _heads) + head] = 0;
            }
        }

        return tensor(values, [groups.Count, _heads, 1, 1], ScalarType.Float64).to(_terms.Type, _weights.device);
    }
}
