using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>The settings of <see cref="ParallelTemperingSampler"/>, and the temperature asked for.</summary>
internal readonly record struct TemperingSettings(
    int Replicas, int Rounds, int Sweeps, double Hot, double Cold, double? Temperature);

/// <summary>The replicas of one problem: states stay where they are, temperatures move among them.</summary>
internal sealed class ReplicaLadder : KernelMemory
{
    private const int RefreshInterval = 64; // rounds after which rounding errors of kept fields are wiped out

    private byte[][] _states = [];
    private float[][] _memories = []; // that do not move; empty where a replica keeps nothing
    private double[] _energies = [];
    private double[] _temperatures = []; // rising
    private int[] _replica = []; // which replica is at a temperature

    /// <summary>Makes room.</summary>
    /// <param name="replicas">Replicas.</param>
    /// <param name="variables">Variables of each.</param>
    /// <param name="memory">Floats that each keeps.</param>
    public void Reserve(int replicas, int variables, int memory)
    {
        if (_memories.Length != replicas || _memories[0].Length != memory)
        {
            _memories = new float[replicas][];
            for (int r = 0; r < replicas; r++)
            {
                _memories[r] = GC.AllocateUninitializedArray<float>(memory, pinned: true);
            }
        }

        if (_states.Length == replicas && _states[0].Length == variables)
        {
            return;
        }

        _states = new byte[replicas][];
        for (int r = 0; r < replicas; r++)
        {
            _states[r] = new byte[variables];
        }

        _energies = new double[replicas];
        _temperatures = new double[replicas];
        _replica = new int[replicas];
    }

    /// <summary>One read.</summary>
    public void Run(
        ProblemBatch problems, int problem, int read, in TemperingSettings settings, EnergyTrace? trace, ref RandomStream random,
        Span<byte> state, CancellationToken cancellation)
    {
        Span<float> scratch = Scratch;
        AnnealingSchedule descent = AnnealingSchedule.Descent with { Cancellation = cancellation };
        TemperatureScale scale = problems.EnergyScale(problem, scratch);
        if (settings.Temperature is null && !(scale.Cold > 0))
        {
            // Without couplings there is no heat to speak of and nothing to leave: descent ends in the minimum.
            state.Clear();
            problems.Anneal(problem, descent, ref random, state, scratch);
            trace?.Invoke(problem, read, settings.Rounds, problems.Energy(problem, state));
            return;
        }

        SetTemperatures(settings, scale);
        double least = double.PositiveInfinity;
        for (int round = 0; round < settings.Rounds; round++)
        {
            if (round > 0)
            {
                Exchange(round & 1, ref random);
            }

            for (int k = 0; k < _temperatures.Length; k++)
            {
                int r = _replica[k];
                var schedule = new AnnealingSchedule(
                    settings.Sweeps, 1, 1, FixedTemperature: _temperatures[k], Continues: round > 0)
                {
                    Cancellation = cancellation,
                };
                Span<float> memory = _memories[r].Length > 0 ? _memories[r] : scratch;
                _energies[r] = problems.RunReplica(
                    problem, schedule, ref random, _states[r], memory, resumes: round % RefreshInterval != 0);
                if (settings.Temperature is null && !(_energies[r] >= least))
                {
                    least = _energies[r];
                    _states[r].CopyTo(state);
                }
            }

            if (settings.Temperature is null)
            {
                trace?.Invoke(problem, read, round + 1, least + problems.Constant(problem));
            }
        }

        if (settings.Temperature is null)
        {
            problems.Anneal(problem, descent, ref random, state, scratch);
        }
        else
        {
            _states[_replica[0]].CopyTo(state);
        }
    }

    // Geometric, from the temperature asked for if there is one.
    private void SetTemperatures(in TemperingSettings settings, TemperatureScale scale)
    {
        double cold = settings.Temperature ?? Math.Max(double.Epsilon, settings.Cold * scale.Cold);
        double hot = Math.Max(cold, settings.Hot * scale.Hot);
        for (int k = 0; k < _temperatures.Length; k++)
        {
            _temperatures[k] = cold * Math.Pow(hot / cold, k / (_temperatures.Length - 1.0));
            _replica[k] = k;
        }
    }

    // Neighbours trade with probability min(1, e^((1/T − 1/T')(E − E'))), which leaves the joint distribution as it is.
    private void Exchange(int first, ref RandomStream random)
    {
        double unit = PowerOfTwo.Inverse(_temperatures[0]); // so that no quotient is infinite
        for (int k = first; k + 1 < _replica.Length; k += 2)
        {
            double coldness = 1 / (unit * _temperatures[k]) - 1 / (unit * _temperatures[k + 1]);
            double exponent = coldness * (unit * (_energies[_replica[k]] - _energies[_replica[k + 1]]));
            if (random.NextDouble() < Math.Exp(Math.Min(0, exponent)))
            {
                (_replica[k], _replica[k + 1]) = (_replica[k + 1], _replica[k]);
            }
        }
    }
}
