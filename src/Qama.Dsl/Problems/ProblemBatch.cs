using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;

namespace Qama.Problems;

/// <summary>
/// A batch of optimisation problems as samplers see them: not matrices, but the operations a search needs. A declared
/// model provides them from its couplings and fields through generated code; a plain <see cref="QuboMatrix"/> is another
/// implementation.
/// </summary>
public abstract class ProblemBatch
{
    /// <summary>Number of problems in the batch.</summary>
    public abstract int Count { get; }

    /// <summary>Selection bits per problem, ordered head, token, bit.</summary>
    public abstract int VariableCount { get; }

    /// <summary>Slack bits that the exported QUBO has behind the selection bits.</summary>
    public virtual int SlackCount => 0;

    /// <summary>Floats of scratch memory that one call of <see cref="Anneal"/> needs.</summary>
    public abstract int ScratchLength { get; }

    /// <summary>Whether every coefficient of the problem is finite.</summary>
    public abstract bool IsFinite(int problem);

    /// <summary>Whether a variable may be 1: false for the bits of padded tokens, which every sampler leaves 0.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="variable">0 to <see cref="VariableCount"/> − 1.</param>
    public virtual bool IsPresent(int problem, int variable) => true;

    /// <summary>The energy of a state, constants included, computed in double from the coefficients.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="state"><see cref="VariableCount"/> values, each 0 or 1.</param>
    /// <remarks>With hard inequality constraints this is the energy with the best slack: what the exported QUBO has for
    /// this selection at its lowest.</remarks>
    public abstract double Energy(int problem, ReadOnlySpan<byte> state);

    /// <summary>The part of <see cref="Energy"/> that is the same for every state. Samplers compare states without it:
    /// beside a large constant, differences would be lost in rounding.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <remarks>To be overridden together with <see cref="EnergyWithoutConstant"/> or not at all.</remarks>
    public virtual double Constant(int problem) => 0;

    /// <summary>The energy of a state without the constant: <see cref="Energy"/> is this plus
    /// <see cref="Constant"/>.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="state"><see cref="VariableCount"/> values, each 0 or 1.</param>
    public virtual double EnergyWithoutConstant(int problem, ReadOnlySpan<byte> state) => Energy(problem, state);

    /// <summary>Whether a state fulfils the hard constraints, if there are any. Sufficient penalties see to it for the minimiser;
    /// a worse state may violate them.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="state"><see cref="VariableCount"/> values, each 0 or 1.</param>
    public virtual bool IsFeasible(int problem, ReadOnlySpan<byte> state) => true;

    /// <summary>
    /// The energy's slope ∂E/∂x at real x: for a QUBO without squares, what switching variable i on costs given the
    /// others. The "couplings applied to a state" of analogue dynamics.
    /// </summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="state"><see cref="VariableCount"/> real values.</param>
    /// <param name="slope">Receives <see cref="VariableCount"/> values.</param>
    public abstract void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope);

    /// <summary>What the flip of each variable changes, the others held: E of the state with it flipped, minus E.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="states">One or more states one after another, each of <see cref="VariableCount"/> values, 0 or 1.</param>
    /// <param name="costs">Receives as many numbers; 0 for variables that may not be 1 (<see cref="IsPresent"/>) and for what may be no
    /// more than rounding.</param>
    /// <exception cref="ArgumentException">The states are no multiple of the variables or hold another value, or there are not as many
    /// costs.</exception>
    /// <remarks>Here from energies, one for each flip; batches that know their couplings take the time of a
    /// <see cref="Slope"/> for each state.</remarks>
    public virtual void FlipCosts(int problem, ReadOnlySpan<byte> states, Span<double> costs)
    {
        RequireStates(states, costs);
        for (int first = 0; first < states.Length; first += VariableCount)
        {
            CostsOfFlips.FromEnergies(
                this, problem, states.Slice(first, VariableCount), costs.Slice(first, VariableCount));
        }
    }

    /// <summary>The temperature at which reads of these problems look as if they were drawn, whatever they come from: a simulator, a machine, a
    /// recording. The reads of all problems are taken to have one.</summary>
    /// <param name="samples">Reads of every problem of the batch, two or more in all; independent ones, for the error to be right.</param>
    /// <exception cref="ArgumentException">The reads do not fit the batch or hold other values than 0 and 1, or a problem holds a NaN or
    /// an infinity, or numbers outside the range that its batch accepts.</exception>
    /// <exception cref="InvalidOperationException">The batch holds no problem.</exception>
    /// <remarks>By <see cref="FlipCosts"/>; of more than 2²³ flips every k-th is looked at. Allocates 8 bytes for each.</remarks>
    public TemperatureEstimate EstimateTemperature(SampleSet samples)
    {
        RequireFit(samples, nameof(samples));
        if (Count == 0)
        {
            throw new InvalidOperationException("There are no problems in the batch.");
        }

        for (int p = 0; p < Count; p++)
        {
            if (samples.States(p, 0, samples.ReadCount).IndexOfAnyExceptInRange((byte)0, (byte)1) is int bad and >= 0)
            {
                throw new ArgumentException(
                    $"Problem {p}, read {bad / VariableCount}: expected 0 or 1 for variable {bad % VariableCount}.", nameof(samples));
            }
        }

        return new TemperatureEstimator().Estimate(this, samples, WorkerPool.DefaultWorkers);
    }

    /// <summary>Anneals one problem and leaves the best state found in <paramref name="state"/> (at a fixed temperature: the
    /// last state).</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="schedule">Sweeps and temperatures; validated by the caller.</param>
    /// <param name="random">The read's random stream.</param>
    /// <param name="state">The state to start from if the schedule continues. Receives <see cref="VariableCount"/> values,
    /// each 0 or 1.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    public abstract void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch);

    /// <summary>Floats of memory that a replica keeps between its rounds; 0 where nothing is worth keeping.</summary>
    internal virtual int ReplicaLength => 0;

    /// <summary>One round of a replica: a chain at a temperature.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="schedule">With a fixed temperature.</param>
    /// <param name="random">The read's stream.</param>
    /// <param name="state">As of <see cref="Anneal"/>.</param>
    /// <param name="memory">Memory that does not move: the replica's own where <see cref="ReplicaLength"/> is not 0,
    /// else scratch memory.</param>
    /// <param name="resumes">Whether the memory is as the replica's last round left it, and so is the state.</param>
    /// <returns>The state's energy without the constant, as far as the chain knows it.</returns>
    internal virtual double RunReplica(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> memory,
            bool resumes)
    {
        Anneal(problem, schedule, ref random, state, memory);
        return EnergyWithoutConstant(problem, state);
    }

    /// <summary>The units in which <see cref="AnnealingSchedule"/> gives temperatures. Here one, estimated from the energy's slope at
    /// random states; kernels know it better.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="scratch">At least <see cref="ScratchLength"/> floats, any content.</param>
    public virtual TemperatureScale EnergyScale(int problem, Span<float> scratch)
    {
        const int Pairs = 8;
        var random = new RandomStream(0);
        (var state, var first, var second) = (new float[VariableCount], new float[VariableCount], new float[VariableCount]);
        double squares = 0;
        for (int k = 0; k < Pairs; k++)
        {
            SlopeAtRandom(first, ref random);
            SlopeAtRandom(second, ref random);
            for (int v = 0; v < state.Length; v++)
            {
                squares += Math.Pow((double)first[v] - second[v], 2) / 2; // each has half of the difference's variance
            }
        }

        return TemperatureScale.Of(Math.Sqrt(squares / Math.Max(1, Pairs * state.Length)), 1);

        void SlopeAtRandom(float[] slope, ref RandomStream random)
        {
            for (int v = 0; v < state.Length; v++)
            {
                state[v] = IsPresent(problem, v) ? random.NextUInt64() >> 63 : 0;
            }

            Slope(problem, state, slope);
        }
    }

    /// <summary>Writes the problem as a QUBO over selection bits, then slack bits.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="destination">A matrix of size <see cref="VariableCount"/> + <see cref="SlackCount"/>; replaced.</param>
    public abstract void WriteQubo(int problem, QuboMatrix destination);

    /// <summary>
    /// Writes the energy in the form that samplers other than annealing work on. Unless a batch knows better, that is its
    /// QUBO, slack bits included.
    /// </summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="destination">Replaced.</param>
    public virtual void WriteStructure(int problem, StructuredEnergy destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Load(ToQubo(problem));
    }

    /// <summary>The problem as a new QUBO over selection bits, then slack bits.</summary>
    public QuboMatrix ToQubo(int problem)
    {
        var qubo = new QuboMatrix(VariableCount + SlackCount);
        WriteQubo(problem, qubo);
        return qubo;
    }

    /// <summary>The problem in a machine's integers: what the client of a machine sends, and what the simulated machine
    /// searches on. Variables that may not be 1 (<see cref="IsPresent"/>) take no spin.</summary>
    /// <param name="problem">Index in the batch.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="options">What is done before rounding; null for the defaults.</param>
    /// <param name="memory">A matrix of the QUBO's size that may be overwritten; null for a new one.</param>
    /// <exception cref="ArgumentException">A coefficient of the QUBO is not finite, or the problem exceeds the
    /// machine's spins.</exception>
    public MachineProblem ToMachine(
        int problem, MachineLimits machine, PrecisionOptions? options = null, QuboMatrix? memory = null)
    {
        memory ??= new QuboMatrix(VariableCount + SlackCount);
        WriteQubo(problem, memory);
        return PrecisionReducer.Reduce(memory, machine, options, v => v >= VariableCount || IsPresent(problem, v));
    }

    /// <summary>The checks every sampler makes before any work.</summary>
    /// <exception cref="ArgumentException"><paramref name="result"/> does not fit, or a coefficient is not finite, or
    /// is outside the range that the batch accepts.</exception>
    public virtual void CheckBeforeSampling(SampleSet result) => RequireFit(result, nameof(result));

    /// <summary>Refuses a sample set that does not fit the batch, and coefficients that cannot be computed with.</summary>
    private void RequireFit(SampleSet samples, string name)
    {
        ArgumentNullException.ThrowIfNull(samples, name);
        if (samples.VariableCount != VariableCount)
        {
            throw new ArgumentException(
                $"Expected a sample set of {VariableCount} variables per problem, got {samples.VariableCount}.", name);
        }

        if (samples.Capacity < Count)
        {
            throw new ArgumentException(
                $"Expected a sample set for at least {Count} problems, got {samples.Capacity}.", name);
        }

        for (int p = 0; p < Count; p++)
        {
            if (FaultOf(p) is string fault)
            {
                throw new ArgumentException($"Problem {p} of the batch has {fault}.");
            }
        }
    }

    /// <summary>Refuses what <see cref="FlipCosts"/> cannot take.</summary>
    private protected void RequireStates(ReadOnlySpan<byte> states, ReadOnlySpan<double> costs)
    {
        if (VariableCount == 0 ? !states.IsEmpty : states.Length % VariableCount != 0)
        {
            throw new ArgumentException($"Expected states of {VariableCount} values each, got {states.Length} values.", nameof(states));
        }

        if (states.IndexOfAnyExceptInRange((byte)0, (byte)1) is int bad and >= 0)
        {
            throw new ArgumentException($"Expected 0 or 1, got {states[bad]} at index {bad}.", nameof(states));
        }

        Shape.Require(costs.Length, states.Length, "a cost for every variable", nameof(costs));
    }

    /// <summary>What is wrong with a problem's coefficients; null if nothing.</summary>
    private protected virtual string? FaultOf(int problem) => IsFinite(problem) ? null : NotANumber;

    /// <summary>What is wrong where a coefficient is not finite.</summary>
    internal const string NotANumber = "a coefficient that is NaN or infinite";

    /// <summary>From energies without the constant, as samplers compare them, to a finished result: reads in order of
    /// rising energy unless a temperature was asked for, constants added.</summary>
    internal void Complete(SampleSet result)
    {
        for (int p = 0; p < Count; p++)
        {
            if (result.Temperature is null)
            {
                result.SortReads(p);
            }

            double constant = Constant(p);
            for (int r = 0; r < result.ReadCount; r++)
            {
                result.Energy(p, r) += constant;
            }
        }
    }
}
