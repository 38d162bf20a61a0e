using Qama.Numerics;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>What analogue dynamics ask of the energy of a batch: the costs of switching bits on at real values of the
/// others, and the best state seen. Everything is [batch, heads, reads, tokens, bits]; one product of matrices for all
/// reads of all heads.</summary>
/// <remarks>Energies are in a unit per problem in which random spins exert a field of deviation 1 on a spin, or else,
/// where nothing couples, near the largest coefficient.</remarks>
internal sealed partial class BitDynamics
{
    private readonly TensorEnergyTerms _terms;
    private readonly int _reads;
    private readonly Tensor _pairs; // [batch · heads, tokens, tokens]
    private readonly Tensor _linear; // [batch · heads, 1, tokens]
    private readonly Tensor? _squares; // [batch, heads, 1, tokens]
    private readonly Tensor? _exclusion; // [batch, 1, 1, 1]
    private readonly TensorSumTerm[] _sumTerms; // weights [batch, 1, 1, 1]
    private readonly Tensor _present; // [batch, 1, 1, tokens, 1]
    private readonly Tensor _half; // a half where a token is present
    private readonly Tensor _none; // 0
    private readonly Tensor _best;
    private readonly Tensor _least; // [batch, reads]

    public BitDynamics(TensorEnergyTerms terms, int reads)
    {
        (_terms, _reads) = (terms, reads);
        TensorEnergy energy = terms.Energy;
        (long batch, long heads, long tokens) = (terms.Batch, energy.Heads, energy.Tokens);
        Tensor unit = Unit();
        _pairs = terms.Pairs.mul(unit.view(batch, 1, 1, 1)).view(batch * heads, tokens, tokens);
        Tensor linear = terms.SumSlope is null ? terms.Linear : terms.Linear.add(terms.SumSlope.view(batch, 1, 1));
        bool folds = terms.Squares is not null && energy.Bits == 1; // x² = x
        linear = folds ? linear.add(terms.Squares!) : linear;
        _linear = linear.mul(unit.view(batch, 1, 1)).view(batch * heads, 1, tokens);
        _squares = folds ? null : terms.Squares?.mul(unit.view(batch, 1, 1)).unsqueeze(2);
        _exclusion = terms.Exclusion?.mul(unit).view(batch, 1, 1, 1);
        _sumTerms = [.. terms.Sums.Select(s => s.With(w => w.mul(unit).view(batch, 1, 1, 1)))];
        _present = terms.Present.view(batch, 1, 1, tokens, 1);
        _half = _present.mul(0.5);
        _none = zeros([], terms.Type, unit.device);
        _best = zeros(Shape, terms.Type, unit.device);
        _least = full([batch, reads], double.PositiveInfinity, terms.Type, unit.device);
    }

    /// <summary>[batch, heads, reads, tokens, bits].</summary>
    public long[] Shape => [_terms.Batch, _terms.Energy.Heads, _reads, _terms.Energy.Tokens, _terms.Energy.Bits];

    /// <summary>New numbers from an interval.</summary>
    public Tensor Uniform(double least, double most, torch.Generator generator) =>
        empty(Shape, _terms.Type, _present.device).uniform_(least, most, generator);

    /// <summary>(1 + factor·σ)/2, 0 where a token is absent.</summary>
    public Tensor ToBits(Tensor spins, double factor) => _half.addcmul(_half, spins, factor);

    /// <summary>(1 + sign σ)/2, 0 where a token is absent.</summary>
    public Tensor ToSigns(Tensor spins) => where(spins.ge(0), _present, _none);

    /// <summary>Adds noise to bits of tokens that are present.</summary>
    public void AddNoise(Tensor bits, double deviation, torch.Generator generator) =>
        bits.addcmul_(_present, empty(Shape, _terms.Type, _present.device).normal_(0, 1, generator), deviation);

    /// <summary>For every bit, E with the bit on minus E with it off: −2 times the field that a spin feels.</summary>
    public Tensor Costs(Tensor bits)
    {
        Tensor weights = Weights(bits);
        Tensor slope = Slope(weights);
        bool onBits = _exclusion is not null && _terms.ExclusionOnBits;
        if (_exclusion is not null && !onBits)
        {
            slope.addcmul_(torch.sub(weights.sum(1, keepdim: true), weights), _exclusion, 1);
        }

        if (_terms.Energy.Bits == 1 && _sumTerms.Length == 0)
        {
            return slope.unsqueeze(4);
        }

        Tensor own = bits.mul(_terms.BitWeights);
        Tensor costs = slope.unsqueeze(4);
        if (_squares is not null)
        {
            // q (s + c)² − q s² with the bit's own part taken out of s.
            Tensor twice = weights.unsqueeze(4).sub(own).mul_(2).add_(_terms.BitWeights);
            costs = twice.mul_(_squares.unsqueeze(4)).add_(costs);
        }

        costs = costs.mul(_terms.BitWeights);
        if (onBits)
        {
            costs.addcmul_(torch.sub(bits.sum(1, keepdim: true), bits), _exclusion!.unsqueeze(4), 1);
        }

        foreach (TensorSumTerm term in _sumTerms)
        {
            Tensor others = weights.sum(3, keepdim: true).unsqueeze(4).sub(own);
            term.With(w => w.unsqueeze(4)).AddChange(costs, others, _terms.BitWeights.expand_as(others));
        }

        return costs;
    }

    /// <summary>Keeps states where they are lower than all before.</summary>
    /// <param name="bits">0 or 1.</param>
    public void Offer(Tensor bits)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor weights = Weights(bits);
        Tensor slope = Slope(weights).add_(_linear.view(_terms.Batch, -1, 1, _terms.Energy.Tokens)).mul_(0.5);
        if (_squares is not null)
        {
            slope.addcmul_(_squares, weights, 1);
        }

        Tensor energy = slope.mul_(weights).sum([1, 3]);
        if (_exclusion is not null)
        {
            Tensor counted = _terms.ExclusionOnBits ? bits.flatten(3) : weights;
            Tensor overlaps = counted.sum(1).square().sum(2).sub_(counted.square().sum([1, 3]));
            energy.addcmul_(overlaps, _exclusion.view(-1, 1), 0.5);
        }

        if (_sumTerms.Length > 0)
        {
            Tensor sums = weights.sum(3, keepdim: true);
            foreach (TensorSumTerm term in _sumTerms)
            {
                energy.add_(term.Energy(sums).sum([1, 3]));
            }
        }

        Tensor better = energy.lt(_least).view(_terms.Batch, 1, _reads, 1, 1);
        _best.copy_(where(better, bits, _best));
        _least.copy_(_least.minimum(energy));
    }

    /// <summary>The best states, [batch, reads, heads, tokens, bits], booleans; lowered by sweeps at temperature 0,
    /// before which a tabu search goes where hard constraints hold single flips back.</summary>
    public Tensor Finish(int descentSweeps, torch.Generator generator, RandomStream random)
    {
        if (descentSweeps == 0)
        {
            return _best.gt(0.5).transpose(1, 2).contiguous();
        }

        if (FreezesFlips)
        {
            Exchange(generator);
        }

        var chains = new AnnealingChains(_terms, _reads, generator, random);
        chains.Load(Weights(_best));
        chains.Polish(descentSweeps);
        return chains.States();
    }

    private Tensor Weights(Tensor bits) => _terms.Energy.Bits == 1 ? bits.squeeze(4) : bits.matmul(_terms.BitWeights);

    // a + A s.
    private Tensor Slope(Tensor weights)
    {
        Tensor flat = weights.reshape(_pairs.shape[0], _reads, _terms.Energy.Tokens);
        return flat.bmm(_pairs).add_(_linear).view(weights.shape);
    }

    // One over the standard deviation of the field that random spins exert, root mean square over the bits; penalties
    // on sums and exclusion count with their squares.
    private Tensor Unit()
    {
        TensorEnergy energy = _terms.Energy;
        double unit = 1.0 / ((1L << energy.Bits) - 1);
        double squareSum = ((1L << (2 * energy.Bits)) - 1) / 3.0 * unit * unit;
        double share = squareSum * squareSum / energy.Bits;
        Tensor scale = _terms.Unit();
        Tensor count = _terms.Present.sum(1).clamp_min_(1);
        Tensor pairs = linalg.vector_norm(_terms.Pairs.mul(scale.view(-1, 1, 1, 1)), 2, [1, 2, 3]);
        Tensor squares = pairs.square().mul_(share / energy.Heads).div_(count);
        if (_terms.Exclusion is not null)
        {
            double others = (_terms.ExclusionOnBits ? 1 : share) * (energy.Heads - 1);
            squares.add_(_terms.Exclusion.mul(scale).square(), others);
        }

        foreach (TensorSumTerm term in _terms.Sums)
        {
            squares.addcmul_(term.Weight.mul(scale).square(), torch.sub(count, 1), 4 * share);
        }

        Tensor deviation = squares.sqrt().mul_(0.5);
        return scale.div_(deviation.masked_fill_(deviation.le(0), 1));
    }
}
