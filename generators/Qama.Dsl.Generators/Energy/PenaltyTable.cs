using System;

namespace Qama.Generators.Energy;

/// <summary>The coefficients of a penalty that depends on positions: of every interacting pair, or of every token.</summary>
internal sealed class PenaltyTable
{
    /// <summary>Up to this many coefficients are computed one by one; of more only their bounds are known.</summary>
    private const long MostEntries = 1 << 20;

    /// <summary>The same of the nodes that they take to compute: a fraction of a second.</summary>
    private const long MostWork = 1 << 25;

    private readonly Positions _positions;
    private readonly bool _isPair;
    private readonly int _heads;

    /// <summary>By head, token and other token; null where there are too many.</summary>
    private readonly double[]? _exact;

    /// <param name="penalty">A penalty on pairs of tokens, or on tokens one by one.</param>
    /// <param name="positions">Where tokens are.</param>
    public PenaltyTable(Penalty penalty, Positions positions)
    {
        _positions = positions;
        _isPair = penalty.Domain == PenaltyDomain.TokenPairs;
        Expression coefficient = _isPair ? penalty.PairCoefficient : penalty.TokenCoefficient;
        _heads = coefficient.DependsOnHead ? positions.Heads : 1;
        int tokens = positions.Geometry.Tokens;
        long entries = (long)_heads * tokens * (_isPair ? tokens : 1);
        var function = new ScalarFunction(coefficient, _isPair ? Positions.PairSymbols : Positions.TokenSymbols);
        coefficient.Pool.Budget.CheckTime();
        if (!IsComputed(entries, function))
        {
            Interval bounds = new Intervals(positions.Ranges()).Of(coefficient);
            (Low, High) = (Math.Min(0, bounds.Low), Math.Max(0, bounds.High));
            return;
        }

        _exact = new double[entries];
        for (int h = 0; h < _heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                if (!_isPair)
                {
                    Set((h * tokens) + i, positions.AtToken(function, i, h));
                    continue;
                }

                for (int j = i + 1; j < tokens; j++)
                {
                    double value = positions.Geometry.Interacts(i, j) ? positions.AtPair(function, i, j, h) : 0;
                    Set((((h * tokens) + i) * tokens) + j, value);
                    Set((((h * tokens) + j) * tokens) + i, value);
                }
            }
        }
    }

    /// <summary>Whether a function is computed at every one of so many positions.</summary>
    public static bool IsComputed(long positions, ScalarFunction function) =>
        positions <= MostEntries && positions * function.Length <= MostWork;

    /// <summary>The smallest coefficient, or 0 if that is smaller.</summary>
    public double Low { get; private set; }

    /// <summary>The largest coefficient, or 0 if that is larger.</summary>
    public double High { get; private set; }

    /// <summary>The coefficient of the largest magnitude.</summary>
    public double Strongest => High >= -Low ? High : Low;

    /// <summary>The most that the coefficients of one token with others can sum to, counting only those of one sign.</summary>
    /// <param name="positive">Whether the positive ones count, else the negative ones with their signs turned.</param>
    public double WorstRow(bool positive)
    {
        double largest = positive ? High : -Low;
        int tokens = _positions.Geometry.Tokens;
        if (!_isPair || _exact is null)
        {
            return _isPair ? _positions.Geometry.MostPartners * largest : largest;
        }

        double worst = 0;
        for (int row = 0; row < _heads * tokens; row++)
        {
            double sum = 0;
            for (int j = 0; j < tokens; j++)
            {
                double value = _exact[(row * tokens) + j];
                sum += Math.Max(0, positive ? value : -value);
            }

            worst = Math.Max(worst, sum);
        }

        return worst;
    }

    private void Set(int index, double value)
    {
        _exact![index] = value;
        Low = Math.Min(Low, value);
        High = Math.Max(High, value);
    }
}
