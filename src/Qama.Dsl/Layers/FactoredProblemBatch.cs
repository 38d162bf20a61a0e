using System.Buffers;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>The problems of a declared model whose couplings are kept as features of query and key: time and memory of annealing,
/// energies and slopes grow with the tokens, not with their pairs.</summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <remarks>
/// Accepted: what <see cref="AttentionProblemBatch{TModel}"/> accepts, a coupling's size taken as the bound that the largest
/// features give. Samplers other than annealing get the couplings written out, and refuse problems of more than
/// 2²⁶ of them.
/// </remarks>
public sealed class FactoredProblemBatch<TModel> : AttentionProblemBatch
    where TModel : IFactoredAttention<TModel>
{
    // 256 MiB of single precision.
    private const long MostCouplings = 1 << 26;

    private static readonly CoefficientRange _range = new(TModel.Descriptor);

    private readonly float[] _features; // [2 or more, capacity, heads·rank, stride]: queries, then keys
    private readonly float[] _fields;
    private readonly double[] _scales; // [heads]
    private readonly int _featuresPerSide;
    private readonly int _fieldsPerProblem;

    /// <summary>Wraps memory that is filled elsewhere.</summary>
    /// <param name="capacity">Largest number of problems.</param>
    /// <param name="features">[2, capacity, heads·dim, stride]: of all queries, then of all keys; what follows is not read. stride =
    /// <see cref="Padding.Stride"/>(tokens).</param>
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
        _featuresPerSide = checked(model.OutputDim * stride);
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
    }

    /// <inheritdoc/>
    public override int ScratchLength { get; }

    internal override string? ObstacleToStructure => Couplings <= MostCouplings ? null
        : $"{TModel.Descriptor.Name} has {Couplings} of them, which are kept as features of its tokens; "
            + $"at most {MostCouplings} are written out.";

    private static long Couplings =>
        (long)TModel.Descriptor.HeadCount * TModel.Descriptor.Tokens * Padding.Stride(TModel.Descriptor.Tokens);

    /// <summary>Makes a batch from query, key (both [tokens, heads·dim], token-major) and fields ([heads, tokens]; empty where the model
    /// has none), one problem per entry.</summary>
    /// <exception cref="ArgumentException">No problem, or a length does not match the model's shape.</exception>
    /// <exception cref="OverflowException">The numbers fit into no array.</exception>
    public static FactoredProblemBatch<TModel> FromFeatures(
        IReadOnlyList<(ReadOnlyMemory<float> Query, ReadOnlyMemory<float> Key, ReadOnlyMemory<float> Fields)> problems)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ModelDescriptor model = TModel.Descriptor;
        (int n, int width, int stride) = (model.Tokens, model.OutputDim, Padding.Stride(model.Tokens));
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem.", nameof(problems));
        }

        var features = new float[checked(2 * problems.Count * width * stride)];
        var fields = new float[checked(problems.Count * model.HeadCount * stride)];
        for (int p = 0; p < problems.Count; p++)
        {
            (ReadOnlyMemory<float> query, ReadOnlyMemory<float> key, ReadOnlyMemory<float> field) = problems[p];
            long expectedFields = model.HasField ? (long)model.HeadCount * n : 0;
            if (query.Length != (long)n * width || key.Length != (long)n * width || field.Length != expectedFields)
            {
                throw new ArgumentException(
                    $"Problem {p}: expected {(long)n * width} numbers of query and of key and {expectedFields} fields, "
                    + $"got {query.Length}, {key.Length} and {field.Length}.", nameof(problems));
            }

            Padding.Transpose(query.Span, width, features.AsSpan(p * width * stride), stride, n, width);
            Padding.Transpose(key.Span, width, features.AsSpan((problems.Count + p) * width * stride), stride, n, width);
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
            TModel.Descriptor.HeadDim, _scales, default, TokenCounts[problem]);
    }

    /// <inheritdoc/>
    /// <remarks>There are none: couplings of this form come without hard constraints.</remarks>
    public override void UpdatePenaltyWeights(int problem) => RequireProblem(problem);

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
    /// <exception cref="NotSupportedException">There are more than 2²⁶ couplings.</exception>
    public override void WriteStructure(int problem, StructuredEnergy destination)
    {
        float[] couplings = WriteCouplings(problem);
        TModel.WriteStructure(Dense(problem, couplings), destination);
        ArrayPool<float>.Shared.Return(couplings);
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">There are more than 2²⁶ couplings.</exception>
    public override void WriteQubo(int problem, QuboMatrix destination)
    {
        float[] couplings = WriteCouplings(problem);
        TModel.WriteQubo(Dense(problem, couplings), destination);
        ArrayPool<float>.Shared.Return(couplings);
    }

    // From bounds: no coupling is computed.
    private protected override string? FaultOf(int problem)
    {
        FactoredView view = View(problem);
        return _range.FaultOf(LargestCoupling(view), LargestField(view), default);
    }

    private static float LargestCoupling(in FactoredView view) =>
        (float)(LargestScale(view) * view.Rank * LargestPresent(view, view.Rows) * LargestPresent(view, view.Columns));

    private static double LargestScale(in FactoredView view)
    {
        double largest = 0;
        foreach (double scale in view.Scales)
        {
            largest = Math.Max(largest, Math.Abs(scale));
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

    private ProblemView Dense(int problem, float[] couplings)
    {
        FactoredView view = View(problem);
        return new ProblemView(couplings.AsSpan(0, (int)Couplings), view.Fields, view.TokenCount);
    }

    // J, [heads, tokens, stride], in rented memory.
    private float[] WriteCouplings(int problem)
    {
        FactoredView view = View(problem);
        if (ObstacleToStructure is string obstacle)
        {
            throw new NotSupportedException(obstacle);
        }

        (int n, int stride) = (TModel.Descriptor.Tokens, Padding.Stride(TModel.Descriptor.Tokens));
        float[] couplings = ArrayPool<float>.Shared.Rent((int)Couplings);
        for (int h = 0; h < TModel.Descriptor.HeadCount; h++)
        {
            int first = h * view.Rank * stride;
            Span<float> head = couplings.AsSpan(h * n * stride, n * stride);
            MatrixProduct.Multiply(
                view.Rows[first..], 1, stride, view.Columns[first..], stride, head, stride, n, view.Rank, stride, (float)view.Scales[h],
                accumulate: false);
            PairMatrix.Symmetrise<float>(head, n, stride, view.TokenCount, 1);
        }

        return couplings;
    }
}
