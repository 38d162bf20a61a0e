using System.Globalization;
using Qama.Contract;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// A simulated coherent Ising machine: amplitudes of optical pulses under a rising pump, coupled by measurement and feedback,
/// with an error variable per pulse that brings all amplitudes to one size (chaotic amplitude control). With
/// <see cref="Limits"/> set it predicts a machine: see <see cref="ForMachine"/>.
/// </summary>
/// <remarks>
/// Leleu, Yamamoto, McMahon and Aihara, "Destabilization of local minima in analog spin systems by correction of amplitude
/// heterogeneity", Phys. Rev. Lett. 122, 040607 (2019); Leleu et al., "Scaling advantage of chaotic amplitude control for
/// high-performance combinatorial optimization", Commun. Phys. 4, 266 (2021); the ramps as in Reifenstein, Kako, Khoyratee,
/// Leleu and Yamamoto, Adv. Quantum Technol. 4, 2100077 (2021):
/// x ← x + Δt (x (p − 1 − x²) + ε e F), e ← e − Δt β e (x² − a), with p rising from PumpStart to PumpEnd and a from 1 to
/// TargetAmplitude. F = −√a ∂E/∂σ at the measured σ = x/√a, in units of its root mean square under random spins, so fields
/// are as strong as amplitudes should be. The state of a read is that of lowest energy among the signs seen.
/// </remarks>
public sealed class CoherentIsingMachineSampler : SearchSampler
{
    private const int Width = RowLayout.Width;
    private const float LargestAmplitude = 1.5f; // in units of √a
    private const float LargestError = 32;
    private const int ReadOuts = 100; // of a run that keeps the best signs it has seen

    private readonly DescriptionCache<(int, int, double, double, MachineLimits?)> _description = new();

    /// <inheritdoc/>
    public override string Name => Limits is null ? "coherent Ising machine, simulated" : "coherent Ising machine, as a device";

    /// <summary>Steps of a run, 1 to 10,000,000. Default 1,000.</summary>
    public int Steps { get; set; } = 1000;

    /// <summary>Δt, positive, at most 1. Default 0.05.</summary>
    public double TimeStep { get; set; } = 0.05;

    /// <summary>First pump p, 1 at threshold; −10 to 10. Default −0.5.</summary>
    public double PumpStart { get; set; } = -0.5;

    /// <summary>Last pump p, −10 to 10. Default 1.</summary>
    public double PumpEnd { get; set; } = 1;

    /// <summary>ε, positive, at most 100. Default 1.</summary>
    public double Coupling { get; set; } = 1;

    /// <summary>β, 0 to 10: how fast error variables react; 0 switches amplitude control off. Default 1.</summary>
    public double ErrorRate { get; set; } = 1;

    /// <summary>Last target a of x², positive, at most 10. Default 2.</summary>
    public double TargetAmplitude { get; set; } = 2;

    /// <summary>Standard deviation of the measurement's noise relative to √a, 0 to 10. Default 0.</summary>
    public double Noise { get; set; }

    /// <summary>Whether the best state is lowered to a local minimum, by flips and, where constraints freeze those, by a short
    /// tabu search that exchanges them. Default true; a machine does not do that.</summary>
    public bool Descent { get; set; } = true;

    /// <summary>Whether only the last signs of a run count, as a machine answers, and not the best that it has passed.
    /// Default false; with <see cref="Limits"/> they always do.</summary>
    public bool LastSigns { get; set; }

    /// <summary>
    /// The machine to predict: the search works on the machine's integers, slack bits and an auxiliary spin included,
    /// as <see cref="ProblemBatch.ToMachine"/> makes them, and only the last signs of a run count. Null (default): the
    /// problem itself.
    /// </summary>
    public MachineLimits? Limits { get; set; }

    /// <summary>What is done to a problem before it is rounded to the integers of <see cref="Limits"/>. The defaults
    /// are those of the machine's client.</summary>
    public PrecisionOptions Precision { get; set; } = new();

    /// <summary>What to expect of a machine: its integers, its number of spins, 2 % noise, the last signs of a run,
    /// no polishing. Machines answer with about 10 reads: ask for as many in the <see cref="SampleSet"/>.</summary>
    /// <param name="limits">The machine.</param>
    /// <exception cref="ArgumentException">See <see cref="MachineLimits.Check"/>.</exception>
    /// <remarks>The integers and the spins are those that the machine's client sends a problem with by itself, as an
    /// Ising matrix or as the QUBO of one; the optics are a model, not a fit to a certain machine.</remarks>
    public static CoherentIsingMachineSampler ForMachine(MachineLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        limits.Check();
        return new CoherentIsingMachineSampler { Limits = limits, Noise = 0.02, Descent = false };
    }

    private protected override void Check(ProblemBatch problems)
    {
        SamplingChecks.Within(Steps, 1, 10_000_000, nameof(Steps));
        SamplingChecks.Within(TimeStep, 1e-6, 1, nameof(TimeStep));
        SamplingChecks.Within(PumpStart, -10, 10, nameof(PumpStart));
        SamplingChecks.Within(PumpEnd, -10, 10, nameof(PumpEnd));
        SamplingChecks.Within(Coupling, 1e-6, 100, nameof(Coupling));
        SamplingChecks.Within(ErrorRate, 0, 10, nameof(ErrorRate));
        SamplingChecks.Within(TargetAmplitude, 1e-6, 10, nameof(TargetAmplitude));
        SamplingChecks.Within(Noise, 0, 10, nameof(Noise));
        if (Limits is not null)
        {
            Limits.Check();
            ArgumentNullException.ThrowIfNull(Precision);
            Precision.Check();
            for (int p = 0; p < problems.Count && problems.VariableCount + problems.SlackCount >= Limits.Spins; p++)
            {
                // It fits if enough variables are decided, or is refused before any work.
                problems.ToMachine(p, Limits, Precision);
            }
        }
    }

    private protected override string Describe() => _description.Get(
        (Steps, Restarts, TimeStep, Noise, Limits),
        static s =>
        {
            string device = s.Item5 is null ? "" : $", as a device of {s.Item5.Spins} spins and {s.Item5.Bits}-bit couplings";
            return string.Create(
                CultureInfo.InvariantCulture,
                $"coherent Ising machine simulated, {s.Item1} steps of {s.Item3:G4}, noise {s.Item4:G4}, best of {s.Item2}{device}");
        });

    private protected override void Load(ProblemBatch problems, int problem, SearchMemory memory)
    {
        if (Limits is null)
        {
            base.Load(problems, problem, memory);
            return;
        }

        memory.Machine = problems.ToMachine(problem, Limits, Precision);
        memory.Energy.Load(memory.Machine.ToIsing().ToQubo());
    }

    internal override unsafe void Search<TVector>(SearchMemory memory, ref RandomStream random)
    {
        StructuredEnergy energy = memory.Energy;
        memory.Planes.Reserve(4L * energy.PlaneLength);
        new Pulses<TVector>(this, memory).Run(ref random);
        if (Descent)
        {
            memory.Descend<TVector>(ref random);
        }

        memory.Report(Steps);
    }

    private protected override unsafe void Decode(SearchMemory memory, Span<byte> state)
    {
        if (Limits is null)
        {
            base.Decode(memory, state);
            return;
        }

        MachineProblem machine = memory.Machine!;
        int count = machine.SpinCount + 1;
        Span<sbyte> spins = count <= 1024 ? stackalloc sbyte[count] : new sbyte[count];
        for (int i = 0; i < spins.Length; i++)
        {
            spins[i] = (sbyte)(memory.Best[i] > 0 ? 1 : -1);
        }

        machine.Decode(spins[..^1], spins[^1], state);
    }

    private readonly unsafe ref struct Pulses<TVector>
        where TVector : struct, IVector<TVector, float>
    {
        private readonly CoherentIsingMachineSampler _settings;
        private readonly SearchMemory _memory;
        private readonly int _length;
        private readonly float* _amplitude;
        private readonly float* _error;
        private readonly float* _bits; // (1 + σ)/2 of the measured amplitudes
        private readonly float* _costs;

        public Pulses(CoherentIsingMachineSampler settings, SearchMemory memory)
        {
            (_settings, _memory, _length) = (settings, memory, memory.Energy.PlaneLength);
            _amplitude = memory.Planes.Start;
            _error = _amplitude + _length;
            _bits = _error + _length;
            _costs = _bits + _length;
        }

        public void Run(ref RandomStream random)
        {
            for (int k = 0; k < _length; k++)
            {
                _amplitude[k] = (float)((2 * random.NextDouble()) - 1); // so that reads differ: the dynamics is deterministic
                _error[k] = 1;
            }

            double deviation = _memory.Energy.FieldDeviation<TVector>();
            double unit = deviation > 0 ? 1 / deviation : 1; // a spin's field is −cost/2, and so is its deviation
            bool watches = !_settings.LastSigns && _settings.Limits is null;
            int steps = _settings.Steps;
            int interval = Math.Max(1, steps / ReadOuts);
            for (int step = 1; step <= steps; step++)
            {
                _memory.Cancellation.ThrowIfCancellationRequested();
                double time = (double)step / steps;
                double pump = _settings.PumpStart + (time * (_settings.PumpEnd - _settings.PumpStart));
                double target = 1 + (time * (_settings.TargetAmplitude - 1));
                double root = Math.Sqrt(target);
                Measure((float)(1 / root), ref random);
                _memory.Energy.Costs<TVector>(_bits, _costs);
                Advance((float)pump, (float)target, (float)(-_settings.Coupling * unit * root));
                if (step == steps || (watches && step % interval == 0))
                {
                    ReadOut();
                    _memory.Report(step);
                }
            }
        }

        private void Measure(float factor, ref RandomStream random)
        {
            SpinPlanes.ToBits<TVector>(_memory.Energy, _amplitude, factor, false, _bits);
            if (_settings.Noise == 0)
            {
                return;
            }

            StructuredEnergy energy = _memory.Energy;
            for (int row = 0; row < energy.Heads * energy.Bits; row++)
            {
                float* bits = _bits + (row * energy.Stride);
                for (int i = 0; i < energy.TokenCount; i++)
                {
                    bits[i] += (float)(0.5 * _settings.Noise * random.NextNormal());
                }
            }
        }

        private void Advance(float pump, float target, float strength)
        {
            TVector time = TVector.All((float)_settings.TimeStep);
            TVector gain = TVector.All(pump - 1);
            TVector feedback = TVector.All(strength);
            TVector aim = TVector.All(target);
            TVector rate = TVector.All((float)(-_settings.TimeStep * _settings.ErrorRate));
            TVector limit = TVector.All(LargestAmplitude * MathF.Sqrt(target));
            TVector most = TVector.All(LargestError);
            TVector least = TVector.All(1 / LargestError);
            for (int k = 0; k < _length; k += Width)
            {
                TVector x = TVector.Load(ref *_amplitude, k);
                TVector e = TVector.Load(ref *_error, k);
                TVector square = x * x;
                TVector drift = TVector.FusedMultiplyAdd(x, gain - square, feedback * e * TVector.Load(ref *_costs, k));
                TVector next = TVector.FusedMultiplyAdd(time, drift, x);
                TVector.Store(ref *_amplitude, k, TVector.Min(TVector.Max(next, -limit), limit));
                e = TVector.FusedMultiplyAdd(rate * e, square - aim, e);
                TVector.Store(ref *_error, k, TVector.Min(TVector.Max(e, least), most));
            }
        }

        private void ReadOut()
        {
            SpinPlanes.ToBits<TVector>(_memory.Energy, _amplitude, 1, true, _bits);
            _memory.Offer(_bits, _memory.Energy.Costs<TVector>(_bits, _costs));
        }
    }
}
