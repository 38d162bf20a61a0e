using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>
/// Couplings that are kept as features: a_h(i,j) = Σ_k w_k v_k(i) v_k'(j) for pairs i ≠ j that interact, where k runs
/// over a, b and, with
/// shifts, a feature that is 1, and k' is b for a, a for b and 1 for 1; and the long-range penalty by distance. A
/// product with a state
/// costs two passes over the features, a row one.
/// </content>
/// <remarks>Derivation: docs/mathematics.md, "Couplings of finite rank".</remarks>
public sealed unsafe partial class StructuredEnergy
{
    private const int SampledRows = 64; // of a head: what the size of local fields is estimated from; below twice as many tokens all

    private readonly DistanceTable _distances = new();
    private TokenNeighbours _interacting;
    private int _featureCount; // 0: couplings are written out
    private int _rank;
    private double[] _steps = []; // [heads]: w of a and b
    private double[] _shifts = []; // [heads]: w of 1
    private float* _self; // [heads, stride]: Σ_d a_i b_i, of which a token's product with itself is made
    private float* _row; // [stride]
    private float* _coefficients; // [features]
    private double _largestPair; // no pair coefficient is larger

    private bool AreFeatures => _featureCount > 0;

    private long FeatureMemory => ((_featureCount + 1L) * Heads * Stride) + Stride + Padding.Stride(_featureCount);

    // v_k of a head.
    private Span<float> Feature(int head, int feature) =>
        new(_pairs + ((((long)head * _featureCount) + feature) * Stride), Stride);

    private int Partner(int feature) =>
        feature < _rank ? feature + _rank : feature < 2 * _rank ? feature - _rank : feature;

    private double WeightOf(int head, int feature) => feature < 2 * _rank ? _steps[head] : _shifts[head];

    // Copies features in units of their own, zero in the padding; returns a bound of the pair coefficients.
    private double WriteFeatures<TPlan>(in FactoredView problem)
        where TPlan : struct, IAnnealingPlan
    {
        _rank = problem.Rank;
        _self = _pairs + ((long)_featureCount * Heads * Stride);
        _row = _self + ((long)Heads * Stride);
        _coefficients = _row + Stride;
        if (_steps.Length < Heads)
        {
            (_steps, _shifts) = (new double[Heads], new double[Heads]);
        }

        _interacting = new(TPlan.CouplingWindow, TPlan.CouplingBlock);
        _distances.Load(TPlan.LongRange, TPlan.CouplingWindow, TPlan.CouplingBlock, TokenCount);
        float unitOfRows = WriteSide(problem.Rows, 0), unitOfColumns = WriteSide(problem.Columns, _rank);
        double largest = 0;
        for (int h = 0; h < Heads; h++)
        {
            _steps[h] = 0.5 * TPlan.PairScale * problem.Scales[h] / unitOfRows / unitOfColumns;
            _shifts[h] = TPlan.PairScale * problem.ShiftOf(h);
            if (_featureCount > 2 * _rank)
            {
                Feature(h, 2 * _rank)[..TokenCount].Fill(1);
                Feature(h, 2 * _rank)[TokenCount..].Clear();
            }

            double bound = Math.Abs(_shifts[h]);
            for (int k = 0; k < _rank; k++)
            {
                double sizes = (double)Padding.LargestSize(Feature(h, k)) * Padding.LargestSize(Feature(h, k + _rank));
                bound += 2 * Math.Abs(_steps[h]) * sizes;
            }

            largest = Math.Max(largest, bound);
        }

        WriteSelf();
        _largestPair = largest + _distances.Largest;
        return _largestPair;
    }

    // Returns the power of two that brings the largest feature into [1, 2).
    private float WriteSide(ReadOnlySpan<float> features, int first)
    {
        float largest = 0;
        for (int row = 0; row < Heads * _rank; row++)
        {
            largest = MathF.Max(largest, Padding.LargestSize(features.Slice(row * Stride, TokenCount)));
        }

        float unit = PowerOfTwo.SingleInverse(largest);
        for (int row = 0; row < Heads * _rank; row++)
        {
            Span<float> own = Feature(row / _rank, first + (row % _rank));
            Rows.Scale(unit, features.Slice(row * Stride, TokenCount), own);
            own[TokenCount..].Clear();
        }

        return unit;
    }

    // In units of features: multiplied by weights where it is used, as these change with the unit.
    private void WriteSelf()
    {
        for (int h = 0; h < Heads; h++)
        {
            var self = new Span<float>(_self + ((long)h * Stride), Stride);
            self.Clear();
            for (int k = 0; k < _rank; k++)
            {
                Rows.MultiplyAdd(Feature(h, k), Feature(h, k + _rank), self, self);
            }
        }
    }

    private void ScaleFeatures(float unit)
    {
        for (int h = 0; h < Heads; h++)
        {
            _steps[h] *= unit;
            _shifts[h] *= unit;
        }

        _distances.Scale(unit);
        _largestPair *= unit;
    }

    // local ← linear + A s.
    private void MultiplyFeatures(int head, float* weights)
    {
        var local = new Span<float>(_local, Stride);
        var s = new ReadOnlySpan<float>(weights, Stride);
        new ReadOnlySpan<float>(_linear + ((long)head * Stride), Stride).CopyTo(local);
        if (_interacting.AreAllOf(TokenCount))
        {
            MultiplyAll(head, s, local);
        }
        else
        {
            for (int k = 0; k < _featureCount; k++)
            {
                _interacting.AddProducts(
                    WeightOf(head, k), Feature(head, k), Feature(head, Partner(k)), s[..TokenCount], local);
            }
        }

        var self = new ReadOnlySpan<float>(_self + ((long)head * Stride), Stride);
        var own = new Span<float>(_row, Stride);
        Rows.Multiply(s, self, own);
        Rows.AddScaled((float)(-2 * _steps[head]), own, local);
        if (_featureCount > 2 * _rank)
        {
            Rows.AddScaled((float)-_shifts[head], s, local);
        }

        _distances.AddProducts(s, local);
    }

    private void MultiplyAll(int head, ReadOnlySpan<float> s, Span<float> local)
    {
        var coefficients = new Span<float>(_coefficients, _featureCount);
        for (int k = 0; k < _featureCount; k++)
        {
            coefficients[k] = (float)(WeightOf(head, k) * Rows.Dot(s, Feature(head, Partner(k))));
        }

        MultiplyBy(head, 0, local);
    }

    // target += Σ_k coefficients_k v_k, from a token on that is a multiple of 16.
    private void MultiplyBy(int head, int first, Span<float> target) => MatrixProduct.Multiply<float>(
        new ReadOnlySpan<float>(_coefficients, _featureCount), _featureCount, 1,
        new ReadOnlySpan<float>(
            _pairs + ((long)head * _featureCount * Stride) + first, (_featureCount * Stride) - first), Stride,
        target, target.Length, 1, _featureCount, target.Length, accumulate: true);

    private float* WriteRow(int head, int token)
    {
        var row = new Span<float>(_row, Stride);
        row.Clear();
        (int from, int to) = _interacting.Of(token, TokenCount);
        (int first, int end) = (from & ~(Width - 1), Padding.Stride(to));
        for (int k = 0; k < _featureCount; k++)
        {
            _coefficients[k] = (float)(WeightOf(head, k) * Feature(head, Partner(k))[token]);
        }

        MultiplyBy(head, first, row[first..end]);
        row[first..from].Clear();
        row[to..end].Clear();
        row[token] = 0;
        _distances.AddRow(token, row);
        return _row;
    }

    // Row by row what rounding of the features' products amounts to; returns the sum of all coefficients' squares, from
    // some rows.
    private double WriteFeatureSquares<TVector>(float scale)
        where TVector : struct, IVector<TVector, float>
    {
        double all = 0;
        int step = (TokenCount / SampledRows) | 1; // no divisor of usual row lengths of images
        for (int h = 0; h < Heads; h++)
        {
            (double sum, int count) = (0, 0);
            for (int i = 0; i < TokenCount; i += step)
            {
                sum += SumSquares<TVector>(WriteRow(h, i), scale);
                count++;
            }

            all += sum * TokenCount / Math.Max(1, count);
            WriteRoundings(h, scale);
        }

        return all;
    }

    // A sum of K products is rounded K times, to numbers about as large as the products: K Σ_j Σ_k (w v_k(i) v_k'(j))².
    private void WriteRoundings(int head, float scale)
    {
        var roundings = new Span<float>(_roundings + ((long)head * Stride), Stride);
        var squares = new Span<float>(_row, Stride);
        roundings.Clear();
        for (int k = 0; k < _featureCount; k++)
        {
            ReadOnlySpan<float> own = Feature(head, k), partner = Feature(head, Partner(k));
            double weight = scale * WeightOf(head, k);
            Rows.Multiply(own, own, squares);
            Rows.AddScaled((float)(_featureCount * weight * weight * Rows.Dot(partner, partner)), squares, roundings);
        }

        double distance = scale * _distances.Largest;
        for (int i = 0; i < TokenCount && !(_interacting.AreAllOf(TokenCount) && distance == 0); i++)
        {
            (int from, int to) = _interacting.Of(i, TokenCount);
            roundings[i] = (float)((roundings[i] * ((double)(to - from) / TokenCount))
                + (distance * distance * (to - from)));
        }
    }
}
