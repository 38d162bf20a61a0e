using System.ComponentModel;
using Qama.Contract;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>
/// The energy of one problem in the form that samplers other than annealing work on: couplings inside heads, a linear part,
/// head exclusion as column sums, penalties on a head's sum as what they are. Never the dense matrix: a plain QUBO is one
/// head of one-bit tokens, whose rows are compressed where few of its pairs interact.
/// </summary>
/// <remarks>
/// Variables stand in planes, [heads, bits, stride] with rows of tokens padded to <see cref="Padding.Stride"/>; the padding
/// and absent tokens are 0 in every plane. Reused for one problem after another: loading allocates only for a larger shape.
/// Memory: heads·tokens·stride floats of couplings, or heads·stride·(2·rank + 2) where they are kept as features; a
/// plain problem's couplings are not copied. Coefficients are held in a unit of their own, <see cref="Scale"/>, in
/// which single precision is far from both its ends.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed unsafe partial class StructuredEnergy
{
    private const int Width = RowLayout.Width;

    private readonly AlignedMemory _memory = new();
    private float* _pairs; // [heads, tokens, stride]: a_h(i,j) of the weights' products, each pair on both sides; or features
    private SingleForm? _plain; // whose rows are those of a plain problem
    private float* _linear; // [heads, stride]: of the weights
    private float* _squares; // [heads, stride]: of the weights' squares, which with one bit are in the linear part too
    private float* _present; // [stride]: 1 for tokens that are present
    private float* _columns; // [bits, stride]: scratch
    private float* _weights; // [stride]: scratch
    private float* _local; // [stride]: scratch
    private float* _sums; // [penalties, 5]: direction, target, linear, square, floor
    private int _sumCount;
    private float _exclusion;
    private bool _exclusionOnBits;
    private int _exclusionTokens; // the first tokens
    private bool _hasSquares;
    private bool _foldsSquares; // x² = x: searches see the linear part alone

    /// <summary>Heads H; 1 for a plain problem.</summary>
    public int Heads { get; private set; }

    /// <summary>Tokens N of a head; all variables of a plain problem.</summary>
    public int Tokens { get; private set; }

    /// <summary>Bits B of a weight.</summary>
    public int Bits { get; private set; }

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; private set; }

    /// <summary>A constant of the energy, in the problem's own units; left out by searches.</summary>
    public double Offset { get; private set; }

    /// <summary>The power of two that the problem's coefficients are multiplied by.</summary>
    internal double Scale { get; private set; }

    /// <summary>Whether a constraint's penalty keeps single flips from happening at low energies.</summary>
    public bool FreezesFlips { get; private set; }

    /// <summary>H·N·B.</summary>
    public int VariableCount => Heads * Tokens * Bits;

    /// <summary>Length of a padded row of tokens.</summary>
    internal int Stride { get; private set; }

    /// <summary>Floats of a memory [heads, bits, stride].</summary>
    internal int PlaneLength => Heads * Bits * Stride;

    /// <summary>The pair coefficients of a token with all others of its head; where they are kept as features, in memory that the next
    /// call overwrites. Of a problem whose rows are compressed there are none to point at.</summary>
    internal float* Row(int head, int token) =>
        AreFeatures ? WriteRow(head, token) : _pairs + (((long)head * Tokens) + token) * Stride;

    /// <summary>local += step · row of a token.</summary>
    internal void AddRow<TVector>(int head, int token, float step, float* local)
        where TVector : struct, IVector<TVector, float>
    {
        if (_plain?.Rows is CompressedRows rows)
        {
            rows.AddRow(token, step, local);
            return;
        }

        float* pairs = Row(head, token);
        TVector scale = TVector.All(step);
        for (int i = 0; i < Stride; i += Width)
        {
            TVector.Store(ref *local, i, TVector.FusedMultiplyAdd(scale, TVector.Load(ref *pairs, i),
                TVector.Load(ref *local, i)));
        }
    }

    /// <summary>Loads a problem of a declared model. Called by generated code.</summary>
    /// <typeparam name="TPlan">What is known about the model.</typeparam>
    /// <param name="problem">The coefficients.</param>
    public void Load<TPlan>(in ProblemView problem)
        where TPlan : struct, IAnnealingPlan
    {
        Reserve(TPlan.Heads, TPlan.Tokens, TPlan.Bits, TPlan.SumPenaltyCount, problem.TokenCount);
        LoadTerms<TPlan>(problem);
        TakeUnit(WritePairs<TPlan>(problem));
    }

    /// <summary>Loads a problem whose couplings are kept as features. Called by generated code.</summary>
    /// <typeparam name="TPlan">What is known about the model.</typeparam>
    /// <param name="problem">The coefficients.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public void Load<TPlan>(in FactoredView problem)
        where TPlan : struct, IAnnealingPlan
    {
        problem.Check(TPlan.Heads, TPlan.Tokens, Padding.Stride(TPlan.Tokens), hasField: false, nameof(problem));
        int features = (2 * problem.Rank) + (problem.Shifts.IsEmpty ? 0 : 1);
        Reserve(TPlan.Heads, TPlan.Tokens, TPlan.Bits, TPlan.SumPenaltyCount, problem.TokenCount, features);
        LoadTerms<TPlan>(problem.WithoutCouplings);
        TakeUnit(WriteFeatures<TPlan>(problem));
    }

    // All but the couplings.
    private void LoadTerms<TPlan>(in ProblemView problem)
        where TPlan : struct, IAnnealingPlan
    {
        _exclusion = TPlan.ComputesExclusion ? TPlan.GetExclusion(problem) : TPlan.Exclusion;
        _exclusionOnBits = TPlan.ExclusionOnBits && TPlan.Bits > 1; // of one bit the weight is the bit
        _exclusionTokens = TPlan.ExclusionTokens;
        bool squared = TPlan.Curvature != 0 || TPlan.KeepsDiagonal;
        (_hasSquares, _foldsSquares) = (squared && TPlan.Bits > 1, squared && TPlan.Bits == 1);
        FreezesFlips = TPlan.ComputesExclusion;
        for (int c = 0; c < TPlan.SumPenaltyCount; c++)
        {
            FreezesFlips |= TPlan.GetSumPenalty(c, problem).Shape.IsHard;
        }

        SumPenaltyTable<TPlan>.Write(problem, _sums);
        Span<float> squares = stackalloc float[Stride <= 1024 ? Stride : 0];
        squares = squares.IsEmpty ? new float[Stride] : squares;
        for (int h = 0; h < Heads; h++)
        {
            var linear = new Span<float>(_linear + (h * Stride), Stride);
            TPlan.WriteLinear(problem, h, linear);
            linear[TokenCount..].Clear();
            if (TPlan.Curvature != 0 || TPlan.KeepsDiagonal)
            {
                PairCoefficients<TPlan>.WriteSquares(problem, h, squares);
                squares[TokenCount..].Clear();
                squares.CopyTo(new Span<float>(_squares + (h * Stride), Stride));
                if (_foldsSquares)
                {
                    Rows.AddScaled(1, squares, linear);
                }
            }
        }
    }

    /// <summary>Loads a plain problem: multiplied by a power of two that brings the largest coefficient into [1, 2),
    /// and rounded to single precision. What is less than about 10⁻³⁸ of the largest becomes 0.</summary>
    /// <param name="qubo">The problem; the form keeps no copy of it, so that it must not change while it is in
    /// use.</param>
    public void Load(QuboMatrix qubo)
    {
        ArgumentNullException.ThrowIfNull(qubo);
        Load(qubo.Single, qubo.Offset);
    }

    /// <summary>Loads a plain problem by reference.</summary>
    internal void Load(SingleForm form, double offset)
    {
        Reserve(1, form.Size, 1, 0, form.Size, plain: form);
        (_exclusion, _exclusionOnBits, _hasSquares, _foldsSquares) = (0, false, false, false);
        (FreezesFlips, Offset) = (false, offset);
        (Scale, _largest) = (form.Scale, 4); // of a pair both halves
        new ReadOnlySpan<float>(form.Linear, Stride).CopyTo(Linear);
    }

    /// <summary>From a state in the order head, token, bit to planes of 0 and 1; absent tokens and what the state lacks (slack) are 0.</summary>
    internal void ToPlanes(ReadOnlySpan<byte> state, float* planes)
    {
        new Span<float>(planes, PlaneLength).Clear();
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                for (int b = 0; b < Bits; b++)
                {
                    int variable = (((h * Tokens) + i) * Bits) + b;
                    planes[(((h * Bits) + b) * Stride) + i] = variable < state.Length ? state[variable] : 0;
                }
            }
        }
    }

    /// <summary>From planes of 0 and 1 to a state in the order head, token, bit; further planes' variables are left out where
    /// the state is shorter (slack).</summary>
    internal void ToState(float* planes, Span<byte> state)
    {
        state.Clear();
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                for (int b = 0; b < Bits; b++)
                {
                    int variable = (((h * Tokens) + i) * Bits) + b;
                    if (variable < state.Length)
                    {
                        state[variable] = (byte)planes[(((h * Bits) + b) * Stride) + i];
                    }
                }
            }
        }
    }

    /// <summary>The place in planes of a variable of present tokens, numbered 0 to H·B·TokenCount − 1.</summary>
    internal int PlaceOf(int present) => ((present / TokenCount) * Stride) + (present % TokenCount);

    // Returns the size of the largest.
    private double WritePairs<TPlan>(in ProblemView problem)
        where TPlan : struct, IAnnealingPlan
    {
        if (PairCoefficients<TPlan>.AreOwn)
        {
            PairCoefficients<TPlan>.Write(problem, Pairs);
            return Padding.LargestSize(Pairs);
        }

        if (!TPlan.HasCoupling)
        {
            Pairs.Clear();
            return 0;
        }

        return Rows.ScaleAndMeasure(TPlan.PairScale, problem.Couplings[..PairCoefficients<TPlan>.Length], Pairs);
    }

    private void Reserve(
        int heads, int tokens, int bits, int sumCount, int tokenCount, int features = 0, SingleForm? plain = null)
    {
        _plain = plain;
        (Heads, Tokens, Bits, TokenCount, _sumCount, Offset) = (heads, tokens, bits, tokenCount, sumCount, 0);
        (Stride, Scale, _rowsAreMeasured, _featureCount) = (Padding.Stride(tokens), 1, false, features);
        long rows = (long)heads * Stride;
        long pairs = AreFeatures ? FeatureMemory : plain is null ? rows * tokens : 0;
        _memory.Reserve(pairs + (3 * rows) + ((3L + bits) * Stride) + (SumPenaltyTable.Entry * sumCount));
        _pairs = plain is null ? _memory.Start : plain.Dense;
        _linear = _memory.Start + pairs;
        _squares = _linear + rows;
        _roundings = _squares + rows;
        _present = _roundings + rows;
        _columns = _present + Stride;
        _weights = _columns + (bits * Stride);
        _local = _weights + Stride;
        _sums = _local + Stride;
        for (int i = 0; i < Stride; i++)
        {
            _present[i] = i < tokenCount ? 1 : 0;
        }
    }
}
