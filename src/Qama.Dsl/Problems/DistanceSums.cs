using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>
/// Sums of the long-range penalty over tokens that interact, in time that grows with the tokens. On either side of
/// <see cref="DistancePenalty.MinDistance"/> the penalty is c + g d + e q^d: sums of s, of j s, and of s q^|i−j|, each
/// a difference of two running ones.
/// </summary>
internal sealed class DistanceSums
{
    private InteractingTokens _interacting = null!;
    private int _count;
    private int _far; // where far begins; 0 for no penalty
    private Law _near;
    private Law _beyond;
    private float[] _table = []; // [2 · tokens − 1]: of the distance |k − tokens + 1|; 0 of distance 0
    private double[] _sums = []; // of s before a token
    private double[] _moments = []; // of j s before a token
    private double[] _before = []; // Σ_{j<i} s_j q^(i−j)
    private double[] _after = []; // Σ_{j>i} s_j q^(j−i)
    private double[] _powers = []; // q^d

    /// <summary>No pair's penalty is larger.</summary>
    public double Largest { get; private set; }

    /// <summary>Takes a penalty.</summary>
    public void Load(in DistancePenalty penalty, InteractingTokens interacting, int count)
    {
        (_interacting, _count, _far, Largest) = (interacting, count, penalty.MinDistance, 0);
        if (_far == 0 || count == 0)
        {
            _far = 0;
            return;
        }

        bool near = penalty.Form == LongRangeForm.PenaliseNear;
        Law law = LawOf(penalty, near);
        (_near, _beyond) = near ? (law, default(Law)) : (default(Law), law);
        if (_powers.Length <= count)
        {
            (_sums, _moments, _before, _after, _powers) =
                (new double[count + 1], new double[count + 1], new double[count + 1], new double[count + 1],
                    new double[count + 1]);
            _table = new float[(2 * count) - 1];
        }

        for (int d = 0; d <= count; d++)
        {
            _powers[d] = law.Power == 0 ? 0 : Math.Exp(-(double)d / _far);
        }

        Span<float> table = _table.AsSpan(0, (2 * count) - 1);
        table[count - 1] = 0;
        for (int d = 1; d < count; d++)
        {
            double value = penalty.Of(d);
            table[count - 1 + d] = table[count - 1 - d] = (float)value;
            Largest = Math.Max(Largest, Math.Abs(value));
        }
    }

    /// <summary>Multiplies the penalty by a power of two.</summary>
    public void Scale(float unit)
    {
        if (_far == 0)
        {
            return;
        }

        Largest *= unit;
        (_near, _beyond) = (_near.Times(unit), _beyond.Times(unit));
        Rows.Scale(unit, _table.AsSpan(0, (2 * _count) - 1), _table.AsSpan(0, (2 * _count) - 1));
    }

    /// <summary>Adds a token's penalties with the tokens that it interacts with to a row of pairs.</summary>
    public void AddRow(int token, Span<float> row)
    {
        if (_far > 0)
        {
            (int from, int to) = _interacting.Of(token);
            Rows.AddScaled<float>(1, _table.AsSpan(_count - 1 - token + from, to - from), row[from..to]);
        }
    }

    /// <summary>target_i += Σ_j of the penalty times s_j over the other tokens that i interacts with.</summary>
    public void AddProducts(ReadOnlySpan<float> s, Span<float> target)
    {
        if (_far == 0)
        {
            return;
        }

        WriteSums(s);
        for (int i = 0; i < _count; i++)
        {
            (int from, int to) = _interacting.Of(i);
            int farLeft = Math.Clamp((int)Math.Max(int.MinValue, i - (long)_far + 1), from, i);
            int farRight = (int)Math.Clamp(i + (long)_far, i + 1, to);
            double sum = Left(_near, farLeft, i, i) + Left(_beyond, from, farLeft, i)
                + Right(_near, i + 1, farRight, i) + Right(_beyond, farRight, to, i);
            target[i] += (float)sum;
        }
    }

    private static Law LawOf(in DistancePenalty penalty, bool near)
    {
        double weight = penalty.Weight;
        double slope = weight / Math.Max(penalty.LargestDistance, 1);
        return (penalty.Decay, near) switch
        {
            (Decay.Linear, true) => new Law(weight, -slope, 0),
            (Decay.Linear, false) => new Law(0, -slope, 0),
            (Decay.Exponential, true) => new Law(0, 0, weight),
            (Decay.Exponential, false) => new Law(-weight, 0, weight),
            (_, true) => new Law(weight, 0, 0),
            _ => new Law(-weight, 0, 0),
        };
    }

    private void WriteSums(ReadOnlySpan<float> s)
    {
        (double sum, double moment, double before, double after) = (0, 0, 0, 0);
        double decay = _powers[Math.Min(1, _count)];
        for (int j = 0; j < _count; j++)
        {
            (_sums[j], _moments[j], _before[j]) = (sum, moment, before);
            sum += s[j];
            moment += (double)j * s[j];
            before = decay * (before + s[j]);
        }

        (_sums[_count], _moments[_count], _before[_count]) = (sum, moment, before);
        for (int j = _count - 1; j >= 0; j--)
        {
            _after[j] = after;
            after = decay * (after + s[j]);
        }
    }

    // Tokens first..end, all before i.
    private double Left(in Law law, int first, int end, int i)
    {
        if (first >= end || law.IsNothing)
        {
            return 0;
        }

        double sum = _sums[end] - _sums[first];
        double distances = (i * sum) - (_moments[end] - _moments[first]);
        double powers = (_powers[i - end] * _before[end]) - (_powers[i - first] * _before[first]);
        return (law.Constant * sum) + (law.Slope * distances) + (law.Power * powers);
    }

    // Tokens first..end, all after i.
    private double Right(in Law law, int first, int end, int i)
    {
        if (first >= end || law.IsNothing)
        {
            return 0;
        }

        double sum = _sums[end] - _sums[first];
        double distances = _moments[end] - _moments[first] - (i * sum);
        double powers = (_powers[first - 1 - i] * _after[first - 1]) - (_powers[end - 1 - i] * _after[end - 1]);
        return (law.Constant * sum) + (law.Slope * distances) + (law.Power * powers);
    }

    private readonly record struct Law(double Constant, double Slope, double Power)
    {
        public bool IsNothing => Constant == 0 && Slope == 0 && Power == 0;

        public Law Times(double unit) => new(Constant * unit, Slope * unit, Power * unit);
    }
}
