using System.ComponentModel;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Energies;

/// <summary>The energy of a batch of problems as tensors on their device: what searches work on, and the exact energy
/// of states.</summary>
/// <remarks>
/// With selection weights s of the tokens present, E = Σ_h (½ sᵀ A_h s + a_h·s + Σ_i q_h(i) s²) + exclusion + penalties
/// on sums, see <see cref="Qama.Problems.IDeclaredEnergy"/>; A has −2 w_J J and the penalties of pairs, and a zero
/// diagonal. Made without a record for autograd. The tensors belong to the dispose scope in which the object is made;
/// tables that depend on the model alone are uploaded once per device and type.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TensorEnergyTerms
{
    private readonly TensorTables _tables;

    /// <summary>Computes the terms.</summary>
    /// <param name="problem">The problems; borrowed for the time of the call.</param>
    /// <param name="type">The type to compute in, float32 or float64; null for float64 where the problem has it, else
    /// float32.</param>
    /// <exception cref="ArgumentNullException"><paramref name="problem"/> is null.</exception>
    /// <exception cref="ArgumentException">Another type; or the model has computed weights and the problem does not
    /// have them, or in another shape.</exception>
    public TensorEnergyTerms(TensorProblem problem, ScalarType? type = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Type = type ?? (problem.NumberType == ScalarType.Float64 ? ScalarType.Float64 : ScalarType.Float32);
        if (Type is not (ScalarType.Float32 or ScalarType.Float64))
        {
            throw new ArgumentException($"Expected float32 or float64, got {Type}.", nameof(type));
        }

        Energy = problem.Energy;
        Batch = problem.Count;
        RequireWeights(problem);
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        _tables = TensorTables.Of(Energy, Type, problem.Device);
        Present = problem.Present.to(Type);
        Pairs = MakePairs(problem);
        Linear = MakeLinear(problem);
        Squares = MakeSquares(problem);
        bool excludes = Energy.HasExclusion && Energy.Heads > 1
            && (Energy.Exclusion.IsComputed || Energy.Exclusion.Constant != 0);
        Exclusion = excludes ? Weight(problem, Energy.Exclusion, 1) : null;
        Sums = [.. Energy.SumPenalties.Select(p => new TensorSumTerm(p, Weight(problem, p.Weight, p.Square)))];
        SumSlope = MakeSumSlope(problem, p => p.Direction * p.Linear);
        SumConstant = MakeSumSlope(problem, p => -p.Direction * p.Linear * p.Target);
        Keep(Present, Pairs, Linear, Squares, Exclusion, SumSlope, SumConstant);
        Keep([.. Sums.Select(s => s.Weight)]);
    }

    /// <summary>The model's energy.</summary>
    public TensorEnergy Energy { get; }

    /// <summary>Number of problems.</summary>
    public int Batch { get; }

    /// <summary>The type of all numbers here.</summary>
    public ScalarType Type { get; }

    /// <summary>1 for tokens that are present, [batch, tokens].</summary>
    public Tensor Present { get; }

    /// <summary>A, [batch, heads, tokens, tokens], symmetric, 0 on the diagonal and where a token is absent.</summary>
    public Tensor Pairs { get; }

    /// <summary>a, [batch, heads, tokens]: fields and penalties of single tokens.</summary>
    public Tensor Linear { get; }

    /// <summary>q, [batch, heads, tokens]: curvature and the diagonal of J; null where there are none.</summary>
    public Tensor? Squares { get; }

    /// <summary>The weight of exclusion between heads, [batch]; null for none.</summary>
    public Tensor? Exclusion { get; }

    /// <summary>Whether exclusion counts bits rather than products of weights; with one bit they are the
    /// same.</summary>
    public bool ExclusionOnBits => Energy.ExclusionOnBits && Energy.Bits > 1;

    /// <summary>c_b = 2^b/(2^B − 1), [bits].</summary>
    public Tensor BitWeights => _tables.Bits;

    /// <summary>2^b, [bits], 64-bit integers.</summary>
    internal Tensor BitPowers => _tables.Powers;

    /// <summary>The quadratic parts of penalties on sums, weights [batch].</summary>
    internal IReadOnlyList<TensorSumTerm> Sums { get; }

    /// <summary>What is linear in a head's sum, [batch]: the unbalanced penalties' share; null for none.</summary>
    internal Tensor? SumSlope { get; }

    private Tensor? SumConstant { get; }

    /// <summary>The exact energies of states.</summary>
    /// <param name="states">[batch, reads, heads, tokens, bits], booleans or numbers that are 0 or 1.</param>
    /// <returns>[batch, reads], of <see cref="Type"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="states"/> is null.</exception>
    /// <exception cref="ArgumentException">The shape is another.</exception>
    public Tensor Energies(Tensor states)
    {
        ArgumentNullException.ThrowIfNull(states);
        if (states.shape.Length != 5 || states.shape[0] != Batch || states.shape[2] != Energy.Heads
            || states.shape[3] != Energy.Tokens || states.shape[4] != Energy.Bits)
        {
            throw new ArgumentException(
                $"Expected [{Batch}, reads, {Energy.Heads}, {Energy.Tokens}, {Energy.Bits}], got "
                + $"[{string.Join(", ", states.shape)}].", nameof(states));
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        Tensor bits = states.to(Type);
        Tensor weights = bits.matmul(_tables.Bits);
        Tensor here = Present.view(Batch, 1, 1, Energy.Tokens);
        Tensor absent = torch.sub(weights, weights * here).sum([2, 3]);
        bits = bits * here.unsqueeze(4);
        weights = weights * here;
        Tensor byHead = weights.transpose(1, 2);
        Tensor slope = byHead.matmul(Pairs).mul_(0.5).add_(Linear.unsqueeze(2));
        if (Squares is not null)
        {
            slope.addcmul_(byHead, Squares.unsqueeze(2), 1);
        }

        Tensor energy = slope.mul_(byHead).sum([1, 3]).add_(absent);
        if (Exclusion is not null)
        {
            energy.addcmul_(Overlaps(ExclusionOnBits ? bits : weights), Exclusion.unsqueeze(1), 1);
        }

        Tensor sums = weights.sum(3);
        foreach (TensorSumTerm term in Sums)
        {
            energy.add_(term.With(w => w.view(Batch, 1, 1)).Energy(sums).sum(2));
        }

        if (SumSlope is not null)
        {
            energy.addcmul_(sums.sum(2), SumSlope.unsqueeze(1), 1).add_(SumConstant!.unsqueeze(1), Energy.Heads);
        }

        return scope.MoveToOuter(energy);
    }

    /// <summary>The size of each problem's largest coefficient, [batch]; NaN or infinite where a coefficient
    /// is.</summary>
    internal Tensor LargestSize()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor largest = linalg.vector_norm(Pairs, double.PositiveInfinity, [1, 2, 3]);
        foreach (Tensor other in new[] { Linear, Squares }.OfType<Tensor>())
        {
            largest = largest.maximum(linalg.vector_norm(other, double.PositiveInfinity, [1, 2]));
        }

        foreach (Tensor weight in Sums.Select(s => s.Weight).Append(Exclusion).Append(SumSlope).OfType<Tensor>())
        {
            largest = largest.maximum(weight.abs());
        }

        return scope.MoveToOuter(largest);
    }

    /// <summary>A power of two per problem that brings its largest coefficient near 1, [batch].</summary>
    internal Tensor Unit()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor largest = LargestSize();
        Tensor power = largest.log2().floor_().neg_().clamp_(-126, 126).exp2();
        return scope.MoveToOuter(power.masked_fill_(largest.le(0), 1));
    }

    // Σ_{a<b} Σ x x' over heads: half the square of the sum less the sum of squares.
    private static Tensor Overlaps(Tensor selected)
    {
        Tensor flat = selected.flatten(3);
        return flat.sum(2).square().sum(2).sub_(flat.square().sum([2, 3])).mul_(0.5);
    }

    private static void RequireWeights(TensorProblem problem)
    {
        long[] shape = [problem.Count, problem.Energy.ComputedWeightCount];
        if (shape[1] > 0 && problem.ComputedWeights?.shape.AsSpan().SequenceEqual(shape) != true)
        {
            string got = problem.ComputedWeights is { } weights ? $"[{string.Join(", ", weights.shape)}]" : "none";
            throw new ArgumentException(
                $"Expected computed weights [{string.Join(", ", shape)}], got {got}.", nameof(problem));
        }
    }

    private Tensor MakePairs(TensorProblem problem)
    {
        long[] shape = [Batch, Energy.Heads, Energy.Tokens, Energy.Tokens];
        Tensor pairs = problem.Couplings is Tensor couplings
            ? couplings.to(Type) * (-2 * Energy.CouplingWeight)
            : zeros(shape, Type, problem.Device);
        if (_tables.Pairs is not null)
        {
            pairs.add_(_tables.Pairs);
        }

        pairs.mul_(Present.view(Batch, 1, Energy.Tokens, 1)).mul_(Present.view(Batch, 1, 1, Energy.Tokens));
        pairs.diagonal(0, 2, 3).zero_();
        return pairs;
    }

    private Tensor MakeLinear(TensorProblem problem)
    {
        Tensor linear = problem.Fields is Tensor fields
            ? fields.to(Type) * -Energy.FieldWeight
            : zeros([Batch, Energy.Heads, Energy.Tokens], Type, problem.Device);
        return _tables.Singles is null ? linear : linear.add_(_tables.Singles);
    }

    private Tensor? MakeSquares(TensorProblem problem)
    {
        bool diagonal = Energy.KeepsDiagonal && problem.Couplings is not null;
        if (!diagonal && Energy.Curvature == 0)
        {
            return null;
        }

        Tensor squares = full([Batch, Energy.Heads, Energy.Tokens], Energy.Curvature, Type, problem.Device);
        return diagonal ? squares.sub_(problem.Couplings!.diagonal(0, 2, 3).to(Type) * Energy.CouplingWeight) : squares;
    }

    private Tensor? MakeSumSlope(TensorProblem problem, Func<TensorSumPenalty, double> factor)
    {
        Tensor? sum = null;
        foreach (TensorSumPenalty penalty in Energy.SumPenalties.Where(p => p.Linear != 0))
        {
            Tensor share = Weight(problem, penalty.Weight, factor(penalty));
            sum = sum is null ? share : sum.add_(share);
        }

        return sum;
    }

    // [batch].
    private Tensor Weight(TensorProblem problem, TensorWeight weight, double factor)
    {
        if (!weight.IsComputed)
        {
            return full([Batch], factor * weight.Constant, Type, problem.Device);
        }

        Tensor factors = tensor(weight.Factors.Select(f => f * factor).ToArray(), Type, problem.Device);
        return problem.ComputedWeights!.to(Type).matmul(factors).add_(factor * weight.Constant);
    }

    private static void Keep(params Tensor?[] tensors)
    {
        foreach (Tensor? tensor in tensors)
        {
            tensor?.MoveToOuterDisposeScope();
        }
    }
}
