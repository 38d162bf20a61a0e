using Qama.Ising;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>The walk through the states of a problem with slack, whose energy the batch evaluates with the best slack,
/// in double.</summary>
internal sealed class BatchWalk : StateWalk<double>
{
    private readonly ProblemBatch _problems;
    private readonly int _problem;
    private readonly int[] _variables;
    private readonly byte[] _state;
    private readonly byte[] _other; // of a code that is asked about
    private readonly QuboMatrix _qubo;

    /// <summary>Reads a problem.</summary>
    public BatchWalk(ProblemBatch problems, int problem, int[] variables)
        : base(variables)
    {
        (_problems, _problem, _variables) = (problems, problem, variables);
        _state = new byte[problems.VariableCount];
        _other = new byte[problems.VariableCount];
        _qubo = problems.ToQubo(problem);
        Restart();
    }

    /// <inheritdoc/>
    public override double Rounding(ulong code)
    {
        Write(code, _other);
        double sizes = 0;
        foreach (int k in _variables)
        {
            foreach (int j in _variables)
            {
                sizes += _other[k] * _other[j] * Math.Abs(_qubo[k, j]);
            }
        }

        return Count * Math.ScaleB(sizes, -52);
    }

    /// <inheritdoc/>
    public override double InUnitsOfEnergy(double difference) => difference;

    /// <inheritdoc/>
    protected override void Start()
    {
        Array.Clear(_state);
        Energy = _problems.EnergyWithoutConstant(_problem, _state);
    }

    /// <inheritdoc/>
    protected override void Flip(int k)
    {
        _state[_variables[k]] ^= 1;
        Energy = _problems.EnergyWithoutConstant(_problem, _state);
    }
}
