using Qama.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <summary>What flips cost, from what a batch knows about its energy.</summary>
internal static unsafe class CostsOfFlips
{
    private const double DoubleRounding = 1.0 / (1L << 52);
    private const double SingleRounding = 1.0 / (1 << 23);
    private const double Certainty = 4; // roundings by which a cost must differ from 0

    [ThreadStatic]
    private static AlignedMemory? _planes;

    /// <summary>From energies, one for each flip: of any batch.</summary>
    public static void FromEnergies(ProblemBatch problems, int problem, ReadOnlySpan<byte> state, Span<double> costs)
    {
        byte[] flipped = state.ToArray();
        double energy = problems.EnergyWithoutConstant(problem, state);
        double largest = Math.Abs(energy);
        for (int v = 0; v < flipped.Length; v++)
        {
            costs[v] = 0;
            if (problems.IsPresent(problem, v))
            {
                flipped[v] ^= 1;
                double other = problems.EnergyWithoutConstant(problem, flipped);
                flipped[v] ^= 1;
                costs[v] = other - energy;
                largest = Math.Max(largest, Math.Abs(other));
            }
        }

        DropRounding(costs, Certainty * flipped.Length * DoubleRounding * largest);
    }

    /// <summary>
    /// From one slope and a few energies, of energies in which all tokens of a head are alike but for what is linear
    /// in each bit and in
    /// each pair of bits: then the slope says what a flip costs but for a part that is the same for all tokens with
    /// the same value of a bit, and one
    /// energy of each kind says what that is. (Curvature, penalties on the head's sum.)
    /// </summary>
    /// <param name="problems">The batch.</param>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="bits">Bits B of a weight.</param>
    /// <param name="state">The state, ordered head, token, bit.</param>
    /// <param name="costs">Receives as many numbers.</param>
    public static void FromSlope(
        ProblemBatch problems, int problem, int heads, int bits, ReadOnlySpan<byte> state, Span<double> costs)
    {
        byte[] flipped = state.ToArray();
        float[] values = new float[state.Length], slope = new float[state.Length];
        for (int v = 0; v < values.Length; v++)
        {
            values[v] = state[v];
        }

        problems.Slope(problem, values, slope);
        double energy = problems.EnergyWithoutConstant(problem, state);
        int perHead = state.Length / heads;
        double largest = 0;
        for (int kind = 0; kind < heads * bits * 2; kind++)
        {
            int first = (kind / (2 * bits) * perHead) + (kind / 2 % bits);
            double? offset = null;
            for (int v = first; v < first + perHead; v += bits)
            {
                if (state[v] != kind % 2)
                {
                    continue;
                }

                if (!problems.IsPresent(problem, v))
                {
                    costs[v] = 0;
                    continue;
                }

                double cost = state[v] == 0 ? slope[v] : -(double)slope[v];
                offset ??= EnergyOfFlip(v) - energy - cost;
                costs[v] = cost + offset.Value;
                largest = Math.Max(largest, Math.Abs(cost));
            }
        }

        DropRounding(costs, Certainty * SingleRounding * largest);

        double EnergyOfFlip(int v)
        {
            flipped[v] ^= 1;
            double other = problems.EnergyWithoutConstant(problem, flipped);
            flipped[v] ^= 1;
            return other;
        }
    }

    /// <summary>From a structure that has been loaded, in single precision.</summary>
    /// <param name="energy">The structure; without slack.</param>
    /// <param name="states">States one after another.</param>
    /// <param name="costs">Receives as many numbers.</param>
    public static void FromStructure(StructuredEnergy energy, ReadOnlySpan<byte> states, Span<double> costs)
    {
        AlignedMemory planes = _planes ??= new AlignedMemory();
        planes.Reserve(2L * energy.PlaneLength);
        var action = new StructureAction(energy, planes.Start, states, costs);
        VectorPath.Run<float, StructureAction>(ref action);
    }

    /// <summary>Makes costs 0 that may be no more than what rounding makes of 0: their sign would decide whether a
    /// state is a local minimum.</summary>
    private static void DropRounding(Span<double> costs, double rounding)
    {
        foreach (ref double cost in costs)
        {
            cost = Math.Abs(cost) <= rounding ? 0 : cost;
        }
    }

    private readonly ref struct StructureAction(
        StructuredEnergy energy, float* planes, ReadOnlySpan<byte> states, Span<double> costs) : IVectorAction<float>
    {
        private readonly StructuredEnergy _energy = energy;
        private readonly float* _x = planes;
        private readonly float* _switchingOn = planes + energy.PlaneLength;
        private readonly ReadOnlySpan<byte> _states = states;
        private readonly Span<double> _costs = costs;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            int variables = _energy.VariableCount;
            for (int first = 0; first < _states.Length; first += variables)
            {
                ReadOnlySpan<byte> state = _states.Slice(first, variables);
                _energy.ToPlanes(state, _x);
                _energy.Costs<TVector>(_x, _switchingOn);
                Write<TVector>(state, _costs.Slice(first, variables));
            }
        }

        private void Write<TVector>(ReadOnlySpan<byte> state, Span<double> costs)
            where TVector : struct, IVector<TVector, float>
        {
            for (int v = 0; v < state.Length; v++)
            {
                (int weight, int bit) = (v / _energy.Bits, v % _energy.Bits);
                (int head, int token) = (weight / _energy.Tokens, weight % _energy.Tokens);
                double cost = _switchingOn[(((head * _energy.Bits) + bit) * _energy.Stride) + token];
                bool isRounding = token >= _energy.TokenCount
                    || cost * cost <= Certainty * Certainty * _energy.SquaredRounding<TVector>(head, token);
                costs[v] = isRounding ? 0 : (state[v] == 0 ? cost : -cost) / _energy.Scale;
            }
        }
    }
}
