using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>The problems of a declared model whose couplings are kept as features of query and key: time and memory of annealing,
/// energies and slopes grow with the tokens, not with their pairs.</summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <remarks>
/// Accepted: what <see cref="AttentionProblemBatch{TModel}"/> accepts, a coupling's size taken as the bound that the largest
/// features give. Every sampler works on the features; a QUBO is written row by row.
/// </remarks>
public sealed class FactoredProblemBatch<TModel> : AttentionProblemBatch
    where TModel : IFactoredAttention<TModel>
{
    private static readonly CoefficientRange _range = new(TModel.Descriptor);

    private readonly float[] _features; // [2 or more, capacity, heads·rank, stride]: queries, then keys
    private readonly float[] _fields;
    private readonly double[] _scales; // [heads]
    private readonly double[] _penaltyWeights; // [capacity, computed weights]
    private readonly double[] _shifts; // [heads]; empty where couplings are not normalised
    private readonly int _featuresPerSide;
    private readonly int _fieldsPerProblem;

    /// <summary>Wraps memory that is filled elsewhere.</summary>
    /// <param name="capacity">Largest number of problems.</param>
    /// <param name="features">[2, capacity, heads·rank, stride]: a of all problems, then b (<see cref="ModelDescriptor.CouplingRank"/>; query
    /// and key, or what is computed of them); what follows is not read. stride = <see cref="Padding.Stride"/>(tokens).</param>
    /// <param name="fields">[capacity, heads, stride]; ignored (may be empty) where the model has no field.</param>
    /// <exception cref="ArgumentException">An array is too short.</exception>
    /// <exception cref="OverflowException">The memory that annealing needs fits into no array.</exception>
    public FactoredProblemBatch(int capacity, float[] features, float[] fields)
        : base(capacity, TModel.Descriptor)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(fields);
        ModelDescriptor model = TModel.Descriptor;
        int stride = Padding.Stride(model.Tokens);
        _featuresPerSide = checked(model.HeadCount * model.CouplingRank * stride);
        _fieldsPerProblem = model.HasField ? model.HeadCount * stride : 0;
        if (features.LongLength < 2L * capacity * _featuresPerSide)
        {
            throw new ArgumentException(
                $"Expected at least {2L * capacity * _featuresPerSide} features, got {features.Length}.", nameof(features));
        }

        if (fields.LongLength < (long)capacity * _fieldsPerProblem)
        {
            throw new ArgumentException(
                $"Expected at least {(long)capacity * _fieldsPerProblem} fields, got {fields.Length}.", nameof(fields));
        }

        (_features, _fields, ScratchLength) = (features, fields, TModel.FactoredScratch);
        _scales = new double[model.HeadCount];
        _scales.AsSpan().Fill(model.CouplingFactor ?? 1);
        _shifts = new double[model.NormalizesCouplings ? model.HeadCount : 0];
        _penaltyWeights = new double[capacity * TModel.PenaltyWeightCount];
        for (int p = 0; p < capacity; p++)
        {
            UpdatePenaltyWeights(p);
        }
    }

    /// <inheritdoc/>
    public override int ScratchLength { get; }

    internal override (double[] Scales, double[] Shifts) CouplingScales => (_scales, _shifts);

    /// <summary>Makes a batch from features of both sides ([tokens, heads·rank], token-major: query and key, or what the model computes of
    /// them) and fields ([heads, tokens]; empty where the model has none), one problem per entry.</summary>
    /// <remarks>Couplings are those before normalisation.</remarks>
    /// <exception cref="ArgumentException">No problem, or a length does not match the model's shape.</exception>
    /// <exception cref="OverflowException">The numbers fit into no array.</exception>
    public static FactoredProblemBatch<TModel> FromFeatures(
        IReadOnlyList<(ReadOnlyMemory<float> Rows, ReadOnlyMemory<float> Columns, ReadOnlyMemory<float> Fields)> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ModelDescriptor model = TModel.Descriptor;
        (int n, int width, int stride) = (model.Tokens, model.HeadCount * model.CouplingRank, Padding.Stride(model.Tokens));
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem.", nameof(problems));
        }

        var features = new float[checked(2 * problems.Count * width * stride)];
        var fields = new float[checked(problems.Count * model.HeadCount * stride)];
        for (int p = 0; p < problems.Count; p++)
        {
            (ReadOnlyMemory<float> rows, ReadOnlyMemory<float> columns, ReadOnlyMemory<float> field) = problems[p];
            long expectedFields = model.HasField ? (long)model.HeadCount * n : 0;
            if (rows.Length != (long)n * width || columns.Length != (long)n * width || field.Length != expectedFields)
            {
                throw new ArgumentException(
                    $"Problem {p}: expected {(long)n * width} features of either side and {expectedFields} fields, "
                    + $"got {rows.Length}, {columns.Length} and {field.Length}.", nameof(problems));
            }

            Padding.Transpose(rows.Span, width, features.AsSpan(p * width * stride), stride, n, width);
            Padding.Transpose(columns.Span, width, features.AsSpan((problems.Count + p) * width * stride), stride, n, width);
            if (model.HasField)
            {
                Padding.Copy(field.Span, n, fields.AsSpan(p * model.HeadCount * stride), stride, model.HeadCount, n);
            }
        }

        return new FactoredProblemBatch<TModel>(problems.Count, features, fields);
    }

    /// <summary>The coefficients of one problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in 0..Count−1.</exception>
    public FactoredView View(int problem)
    {
        RequireProblem(problem);
        return new FactoredView(
            _features.AsSpan(problem * _featuresPerSide, _featuresPerSide),
            _features.AsSpan((Capacity + problem) * _featuresPerSide, _featuresPerSide),
            _fields.AsSpan(problem * _fieldsPerProblem, _fieldsPerProblem),
            TModel.Descriptor.CouplingRank, _scales, _shifts, TokenCounts[problem], WeightsOf(problem));
    }

    /// <inheritdoc/>
    /// <remarks>From bounds of the couplings, in time that grows with the tokens: no less than from couplings written out.</remarks>
    public override void UpdatePenaltyWeights(int problem)
    {
        FactoredView view = View(problem);
        if (TModel.PenaltyWeightCount > 0)
        {
            TModel.WritePenaltyWeights(view, WeightsOf(problem));
        }
    }

    /// <inheritdoc/>
    public override bool IsFinite(int problem)
    {
        FactoredView view = View(problem);
        return float.IsFinite(LargestCoupling(view)) && float.IsFinite(LargestField(view));
    }

    /// <inheritdoc/>
    public override double Energy(int problem, ReadOnlySpan<byte> state) => TModel.Energy(View(problem), state);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A length is not the number of variables.</exception>
    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope) =>
        TModel.Slope(View(problem), state, slope);

    /// <inheritdoc/>
    /// <remarks>In single precision, from one slope and a few energies of each state.</remarks>
    public override void FlipCosts(int problem, ReadOnlySpan<byte> states, Span<double> costs)
    {
        RequireStates(states, costs);
        for (int first = 0; first < states.Length; first += VariableCount)
        {
            CostsOfFlips.FromSlope(
                this, problem, TModel.Descriptor.HeadCount, TModel.Descriptor.SelectionBits,
                states.Slice(first, VariableCount), costs.Slice(first, VariableCount));
        }
    }

    /// <inheritdoc/>
    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        TModel.Anneal(View(problem), schedule, ref random, state, scratch);

    /// <inheritdoc/>
    public override TemperatureScale EnergyScale(int problem, Span<float> scratch) => TModel.EnergyScale(View(problem), scratch);

    /// <inheritdoc/>
    public override void WriteStructure(int problem, StructuredEnergy destination) =>
        TModel.WriteStructure(View(problem), destination);

    /// <inheritdoc/>
    public override void WriteQubo(int problem, QuboMatrix destination) => TModel.WriteQubo(View(problem), destination);

    // From bounds: no coupling is computed.
    private protected override string? FaultOf(int problem)
    {
        FactoredView view = View(problem);
        return _range.FaultOf(LargestCoupling(view), LargestField(view), view.PenaltyWeights);
    }

    private Span<double> WeightsOf(int problem) =>
        _penaltyWeights.AsSpan(problem * TModel.PenaltyWeightCount, TModel.PenaltyWeightCount);

    private static float LargestCoupling(in FactoredView view) =>
        (float)((LargestSize(view.Scales) * view.Rank * LargestPresent(view, view.Rows) * LargestPresent(view, view.Columns))
            + LargestSize(view.Shifts));

    private static double LargestSize(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return largest;
    }

    private static float LargestField(in FactoredView view) => Padding.LargestSize(view.Fields);

    // Padding may hold anything.
    private static double LargestPresent(in FactoredView view, ReadOnlySpan<float> features)
    {
        int stride = Padding.Stride(TModel.Descriptor.Tokens);
        float largest = 0;
        for (int row = 0; row < features.Length / stride; row++)
        {
            largest = MathF.Max(largest, Padding.LargestSize(features.Slice(row * stride, view.TokenCount)));
        }

        return largest;
    }
}
