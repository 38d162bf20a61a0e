using System.Numerics;
using Qama.Ising;

namespace Qama.Sampling;

/// <summary>
/// A walk through all states of a problem in Gray-code order, one variable flipped per step, with the energy of each.
/// </summary>
/// <remarks>
/// Without slack the energy is updated from local fields of the QUBO, O(n) per step, and computed anew every 2¹⁶ steps so
/// that rounding cannot build up. With slack the batch's own energy (best slack) is evaluated for every state.
/// </remarks>
internal sealed class StateWalk
{
    private const ulong RefreshMask = (1UL << 16) - 1;

    private readonly ProblemBatch _problems;
    private readonly int _problem;
    private readonly int[] _variables; // the present ones
    private readonly byte[] _state;
    private readonly QuboMatrix? _qubo;
    private readonly double[] _fields; // of the present variables: what the linear part and the others say
    private ulong _step;

    public StateWalk(ProblemBatch problems, int problem)
    {
        _problems = problems;
        _problem = problem;
        _variables = [.. Enumerable.Range(0, problems.VariableCount).Where(v => problems.IsPresent(problem, v))];
        if (_variables.Length > ExactSampler.LargestVariableCount)
        {
            throw new ArgumentException(
                $"Problem {problem} has {_variables.Length} variables; enumeration takes at most {ExactSampler.LargestVariableCount}.",
                nameof(problems));
        }

        _state = new byte[problems.VariableCount];
        _fields = new double[_variables.Length];
        if (problems.SlackCount == 0)
        {
            _qubo = problems.ToQubo(problem);
        }

        Restart();
    }

    /// <summary>Energy of the present state.</summary>
    public double Energy { get; private set; }

    /// <summary>The present state as a number: present variable k is bit k.</summary>
    public ulong Code => _step ^ (_step >> 1);

    /// <summary>The largest coefficient's size times what rounding makes of it: energies closer than this are equal.</summary>
    public double Tolerance { get; private set; }

    /// <summary>Goes to the state of zeros.</summary>
    public void Restart()
    {
        _step = 0;
        Array.Clear(_state);
        Refresh();
        Tolerance = 0;
        if (_qubo is not null)
        {
            foreach (double q in _qubo.Coefficients)
            {
                Tolerance = Math.Max(Tolerance, Math.Abs(q));
            }
        }

        Tolerance = 1e-11 * Math.Max(Tolerance, Math.Abs(Energy));
    }

    /// <summary>Goes to the next state; false when all have been visited.</summary>
    public bool Next()
    {
        if (++_step >> _variables.Length != 0)
        {
            return false;
        }

        int k = BitOperations.TrailingZeroCount(_step);
        int variable = _variables[k];
        double direction = 1 - 2 * _state[variable];
        _state[variable] ^= 1;
        if (_qubo is null || (_step & RefreshMask) == 0)
        {
            Refresh();
            return true;
        }

        Energy += direction * _fields[k];
        ReadOnlySpan<double> row = _qubo.Coefficients.Slice(variable * _qubo.Size, _qubo.Size);
        for (int other = 0; other < _variables.Length; other++)
        {
            if (other != k)
            {
                _fields[other] += 2 * direction * row[_variables[other]];
            }
        }

        return true;
    }

    /// <summary>Writes the state of a code.</summary>
    public void Write(ulong code, Span<byte> state)
    {
        state.Clear();
        for (int k = 0; k < _variables.Length; k++)
        {
            state[_variables[k]] = (byte)((code >> k) & 1);
        }
    }

    private void Refresh()
    {
        if (_qubo is null)
        {
            Energy = _problems.Energy(_problem, _state);
            return;
        }

        Energy = _qubo.Energy(_state);
        for (int k = 0; k < _variables.Length; k++)
        {
            ReadOnlySpan<double> row = _qubo.Coefficients.Slice(_variables[k] * _qubo.Size, _qubo.Size);
            double field = row[_variables[k]];
            for (int other = 0; other < _variables.Length; other++)
            {
                if (other != k && _state[_variables[other]] != 0)
                {
                    field += 2 * row[_variables[other]];
                }
            }

            _fields[k] = field;
        }
    }
}
