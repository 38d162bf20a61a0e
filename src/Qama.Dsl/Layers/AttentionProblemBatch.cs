using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>Problems of some declared model: what does not depend on which.</summary>
public abstract class AttentionProblemBatch : ProblemBatch
{
    private readonly ModelDescriptor _model;
    private readonly int[] _tokenCounts;
    private int _count;

    private protected AttentionProblemBatch(int capacity, ModelDescriptor model)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        Capacity = _count = capacity;
        _model = model;
        _tokenCounts = new int[capacity];
        Array.Fill(_tokenCounts, model.Tokens);
    }

    /// <summary>Largest number of problems.</summary>
    public int Capacity { get; }

    /// <inheritdoc/>
    public override int Count => _count;

    /// <summary>Tokens present in each problem of the batch; settable.</summary>
    public Span<int> TokenCounts => _tokenCounts;

    /// <summary>
    /// Computes the weights of hard constraints that nothing bounds before the coefficients are known: sufficient ones, so
    /// that every minimiser of the energy fulfils the constraints. To be called when a problem's coefficients have changed.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    /// <remarks>The bound and its proof: docs/mathematics.md, "Penalty weights".</remarks>
    public abstract void UpdatePenaltyWeights(int problem);

    /// <summary>For couplings kept as features: what products of a head's features are multiplied by, and what is then added,
    /// [heads] each. Written where couplings are normalised.</summary>
    internal virtual (double[] Scales, double[] Shifts) CouplingScales => ([], []);

    /// <summary>Tokens of each head of each problem, where heads differ: at most <see cref="TokenCounts"/>. No optimum selects the others,
    /// whose fields see to it.</summary>
    internal int[]? HeadTokenCounts { get; set; }

    /// <summary>Sets how many problems of the memory are in use.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Capacity.</exception>
    public void SetCount(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Capacity);
        _count = count;
    }

    /// <inheritdoc/>
    public override int VariableCount => _model.VariableCount;

    /// <inheritdoc/>
    public override int SlackCount => _model.SlackCount;

    /// <inheritdoc/>
    public override void CheckBeforeSampling(SampleSet result)
    {
        for (int p = 0; p < Count; p++)
        {
            if ((uint)TokenCounts[p] > (uint)_model.Tokens)
            {
                throw new ArgumentException(
                    $"Problem {p} of the batch: expected a token count in 0..{_model.Tokens}, got {TokenCounts[p]}.");
            }
        }

        base.CheckBeforeSampling(result);
    }

    /// <inheritdoc/>
    public override bool IsPresent(int problem, int variable) =>
        variable / _model.SelectionBits % _model.Tokens < TokenCounts[problem]
        && (HeadTokenCounts is not { } counts
            || variable / _model.SelectionBits % _model.Tokens
                < counts[(problem * _model.HeadCount) + (variable / _model.SelectionBits / _model.Tokens)]);

    /// <inheritdoc/>
    public override bool IsFeasible(int problem, ReadOnlySpan<byte> state)
    {
        foreach (ConstraintDescription constraint in _model.Constraints)
        {
            if (!constraint.IsFulfilled(_model, state))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Refuses the index of a problem that is not there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    private protected void RequireProblem(int problem)
    {
        if ((uint)problem >= (uint)Count)
        {
            throw new ArgumentOutOfRangeException(nameof(problem), problem, $"Expected a problem index in 0..{Count - 1}.");
        }
    }
}

/// <summary>The problems of a declared model: padded couplings and fields, and the model's generated operations on them.</summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <remarks>
/// Accepted: finite couplings and fields with which, weights included, no energy can exceed 8·10³⁷ and the largest
/// coefficient is not less than 1.2·10⁻³⁸: the normal numbers of single precision, in which kernels compute. Beyond
/// them samplers refuse the batch, unless only couplings and fields are that small and weights make them no smaller:
/// then they have fewer digits. From 10⁻³⁰ to 10³⁰ the scale of a problem does not change the states that samplers
/// find. A coefficient of less than 10⁻⁷ of what it is added to disappears.
/// </remarks>
public sealed class AttentionProblemBatch<TModel> : AttentionProblemBatch
    where TModel : IQuboAttention<TModel>
{
    private static readonly CoefficientRange _range = new(TModel.Descriptor);

    // Slopes are asked for problem by problem, and often many of one.
    [ThreadStatic]
    private static StructuredEnergy? _structure;

    private readonly float[] _couplings;
    private readonly float[] _fields;
    private readonly int _couplingsPerProblem;
    private readonly int _tables;
    private readonly int _fieldsPerProblem;
    private readonly double[] _penaltyWeights;

    /// <summary>Wraps memory that is filled elsewhere.</summary>
    /// <param name="capacity">Largest number of problems.</param>
    /// <param name="couplings">[capacity, heads, tokens, stride] with stride = <see cref="Padding.Stride"/>(tokens).</param>
    /// <param name="fields">[capacity, heads, stride]; ignored (may be empty) where the model has no field.</param>
    /// <exception cref="ArgumentException">An array is too short.</exception>
    public AttentionProblemBatch(int capacity, float[] couplings, float[] fields)
        : this(capacity, couplings, fields, capacity)
    {
    }

    /// <summary>Wraps memory that is filled elsewhere, of problems that share couplings: problem p has the table p mod
    /// <paramref name="tables"/>.</summary>
    /// <param name="capacity">Largest number of problems.</param>
    /// <param name="couplings">[tables, heads, tokens, stride] with stride = <see cref="Padding.Stride"/>(tokens); ignored (may be empty)
    /// where the model has no coupling.</param>
    /// <param name="fields">[capacity, heads, stride]; ignored (may be empty) where the model has no field.</param>
    /// <param name="tables">Tables of couplings that differ, 1 or more.</param>
    /// <exception cref="ArgumentException">An array is too short.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public AttentionProblemBatch(int capacity, float[] couplings, float[] fields, int tables)
        : base(capacity, TModel.Descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tables, 1);
        ArgumentNullException.ThrowIfNull(couplings);
        ArgumentNullException.ThrowIfNull(fields);
        ModelDescriptor model = TModel.Descriptor;
        int stride = Padding.Stride(model.Tokens);
        if (model.HasCoupling && (long)model.HeadCount * model.Tokens * stride > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The couplings of {model.Name} fit into no array; FactoredProblemBatch does without them.", nameof(couplings));
        }

        _tables = Math.Min(tables, capacity);
        _couplingsPerProblem = model.HasCoupling ? model.HeadCount * model.Tokens * stride : 0;
        _fieldsPerProblem = model.HasField ? model.HeadCount * stride : 0;
        if (couplings.LongLength < (long)_tables * _couplingsPerProblem)
        {
            throw new ArgumentException(
                $"Expected at least {(long)_tables * _couplingsPerProblem} couplings, got {couplings.Length}.", nameof(couplings));
        }

        if (fields.LongLength < (long)capacity * _fieldsPerProblem)
        {
            throw new ArgumentException(
                $"Expected at least {(long)capacity * _fieldsPerProblem} fields, got {fields.Length}.", nameof(fields));
        }

        _couplings = couplings;
        _fields = fields;
        _penaltyWeights = new double[capacity * TModel.PenaltyWeightCount];
        for (int p = 0; p < capacity; p++)
        {
            UpdatePenaltyWeights(p);
        }
    }

    /// <inheritdoc/>
    public override int ScratchLength => TModel.AnnealingScratch;

    /// <summary>
    /// Makes a batch from dense coefficients: one problem per entry, unpadded row-major couplings [heads, tokens, tokens]
    /// (symmetric, zero diagonal unless the model keeps it) and fields [heads, tokens].
    /// </summary>
    /// <exception cref="ArgumentException">A length does not match the model's shape, or a diagonal is not zero.</exception>
    public static AttentionProblemBatch<TModel> FromDense(
        IReadOnlyList<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ModelDescriptor model = TModel.Descriptor;
        int n = model.Tokens;
        int stride = Padding.Stride(n);
        int rows = model.HeadCount * n;
        var couplings = new float[checked(problems.Count * rows * stride)];
        var fields = new float[problems.Count * model.HeadCount * stride];
        for (int p = 0; p < problems.Count; p++)
        {
            (ReadOnlyMemory<float> j, ReadOnlyMemory<float> f) = problems[p];
            int expectedFields = model.HasField ? rows : 0;
            if (j.Length != rows * n || f.Length != expectedFields)
            {
                throw new ArgumentException(
                    $"Problem {p}: expected {rows * n} couplings and {expectedFields} fields, got {j.Length} and {f.Length}.",
                    nameof(problems));
            }

            RequireZeroDiagonal(j.Span, p);
            Padding.Copy(j.Span, n, couplings.AsSpan(p * rows * stride), stride, rows, n);
            if (model.HasField)
            {
                Padding.Copy(f.Span, n, fields.AsSpan(p * model.HeadCount * stride), stride, model.HeadCount, n);
            }
        }

        return new AttentionProblemBatch<TModel>(problems.Count, couplings, fields);
    }

    private static void RequireZeroDiagonal(ReadOnlySpan<float> couplings, int problem)
    {
        ModelDescriptor model = TModel.Descriptor;
        int n = model.Tokens;
        for (int row = 0; row < model.HeadCount * n && !model.KeepsDiagonal; row++)
        {
            if (couplings[(row * n) + (row % n)] != 0)
            {
                throw new ArgumentException(
                    $"Problem {problem}: expected a zero diagonal, got {couplings[(row * n) + (row % n)]} for token {row % n} of head {row / n}.",
                    nameof(couplings));
            }
        }
    }

    /// <summary>The coefficients of one problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    public ProblemView View(int problem)
    {
        RequireProblem(problem);
        return new ProblemView(
            _couplings.AsSpan(problem % _tables * _couplingsPerProblem, _couplingsPerProblem),
            _fields.AsSpan(problem * _fieldsPerProblem, _fieldsPerProblem),
            TokenCounts[problem],
            _penaltyWeights.AsSpan(problem * TModel.PenaltyWeightCount, TModel.PenaltyWeightCount));
    }

    /// <inheritdoc/>
    public override void UpdatePenaltyWeights(int problem)
    {
        if (TModel.PenaltyWeightCount > 0)
        {
            TModel.WritePenaltyWeights(
                View(problem), _penaltyWeights.AsSpan(problem * TModel.PenaltyWeightCount, TModel.PenaltyWeightCount));
        }
    }

    /// <inheritdoc/>
    public override bool IsFinite(int problem)
    {
        ProblemView view = View(problem);
        return Padding.IsFinite(view.Couplings) && Padding.IsFinite(view.Fields);
    }

    /// <inheritdoc/>
    public override double Energy(int problem, ReadOnlySpan<byte> state) => TModel.Energy(View(problem), state);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A length is not <see cref="ProblemBatch.VariableCount"/>.</exception>
    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        Shape.Require(state.Length, VariableCount, nameof(VariableCount), nameof(state));
        Shape.Require(slope.Length, VariableCount, nameof(VariableCount), nameof(slope));
        StructuredEnergy structure = _structure ??= new StructuredEnergy();
        TModel.WriteStructure(View(problem), structure);
        structure.Slope(state, slope);
    }

    /// <inheritdoc/>
    /// <remarks>In single precision.</remarks>
    public override void FlipCosts(int problem, ReadOnlySpan<byte> states, Span<double> costs)
    {
        RequireStates(states, costs);
        StructuredEnergy structure = _structure ??= new StructuredEnergy();
        TModel.WriteStructure(View(problem), structure);
        if (structure.VariableCount == VariableCount)
        {
            CostsOfFlips.FromStructure(structure, states, costs);
        }
        else
        {
            base.FlipCosts(problem, states, costs); // a model written by hand, whose structure has slack
        }
    }

    /// <inheritdoc/>
    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        TModel.Anneal(View(problem), schedule, ref random, state, scratch);

    /// <inheritdoc/>
    public override void WriteStructure(int problem, StructuredEnergy destination) =>
        TModel.WriteStructure(View(problem), destination);

    /// <inheritdoc/>
    public override TemperatureScale EnergyScale(int problem, Span<float> scratch) =>
        TModel.EnergyScale(View(problem), scratch) ?? base.EnergyScale(problem, scratch);

    /// <inheritdoc/>
    public override void WriteQubo(int problem, QuboMatrix destination) => TModel.WriteQubo(View(problem), destination);

    // From the largest coupling and field: one pass over the coefficients.
    private protected override string? FaultOf(int problem)
    {
        ProblemView view = View(problem);
        return _range.FaultOf(Padding.LargestSize(view.Couplings), Padding.LargestSize(view.Fields), view.PenaltyWeights);
    }
}
