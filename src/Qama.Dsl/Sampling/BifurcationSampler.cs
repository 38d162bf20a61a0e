using System.Globalization;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Simulated bifurcation: spins as positions of coupled oscillators whose pump rises until each has fallen to one side;
/// inelastic walls at ±1. Each read is the best state of one or more runs, lowered to a local minimum.
/// </summary>
/// <remarks>
/// Goto, Endo, Suzuki, Sakai, Kanao, Hamakawa, Hidaka, Yamasaki and Tatsumura, "High-performance combinatorial optimization
/// based on classical mechanics", Science Advances 7, eabe7953 (2021): y ← y + Δt (−(1 − a) x + c₀ F(x)), x ← x + Δt y, where
/// |x| &gt; 1 becomes x = ±1, y = 0, and a rises from 0 to 1. F is the local field −∂E/∂σ, of x itself (ballistic) or of its
/// signs (discrete). Fields act directly or through an auxiliary spin.
/// </remarks>
public sealed class BifurcationSampler : SearchSampler
{
    private const int Reports = 50; // per run; ballistic runs look at the signs as often
    private const int Width = RowLayout.Width;

    private readonly DescriptionCache<(BifurcationVariant, int, int, double, double, bool)> _description = new();

    /// <inheritdoc/>
    public override string Name => Variant == BifurcationVariant.Discrete
        ? "discrete simulated bifurcation" : "ballistic simulated bifurcation";

    /// <summary>What the fields are computed from. Default <see cref="BifurcationVariant.Ballistic"/>.</summary>
    /// <remarks>On attention problems, whose fields are strong, ballistic runs come nearer in the same time; on glassy problems
    /// without fields discrete ones do.</remarks>
    public BifurcationVariant Variant { get; set; } = BifurcationVariant.Ballistic;

    /// <summary>Steps of a run, 1 to 10,000,000. Default 500.</summary>
    public int Steps { get; set; } = 500;

    /// <summary>Δt, positive, at most 10. Default 0.5.</summary>
    public double TimeStep { get; set; } = 0.5;

    /// <summary>
    /// c₀ in units of one over the size of the local field that random spins exert: positive, at most 100. Default 0.5, the
    /// paper's c₀ = 0.5/(√N · root mean square of J).
    /// </summary>
    public double Coupling { get; set; } = 0.5;

    /// <summary>Whether fields act through one more oscillator, as on a machine without fields, rather than directly. Default
    /// false.</summary>
    /// <remarks>With it a field is as strong as the auxiliary oscillator has become, so that fields do not decide before
    /// couplings have a say.</remarks>
    public bool AuxiliarySpin { get; set; }

    private protected override void Check(ProblemBatch problems)
    {
        SamplingChecks.Within(Steps, 1, 10_000_000, nameof(Steps));
        SamplingChecks.Within(TimeStep, 1e-6, 10, nameof(TimeStep));
        SamplingChecks.Within(Coupling, 1e-6, 100, nameof(Coupling));
        SamplingChecks.Within((int)Variant, 0, (int)BifurcationVariant.Ballistic, nameof(Variant));
    }

    private protected override string Describe() => _description.Get(
        (Variant, Steps, Restarts, TimeStep, Coupling, AuxiliarySpin),
        static s => string.Create(
            CultureInfo.InvariantCulture,
            $"{(s.Item1 == BifurcationVariant.Discrete ? "discrete" : "ballistic")} simulated bifurcation, {s.Item2} steps of {s.Item4:G4}, "
            + $"coupling {s.Item5:G4}{(s.Item6 ? ", auxiliary spin" : "")}, best of {s.Item3}"));

    internal override unsafe void Search<TVector>(SearchMemory memory, ref RandomStream random)
    {
        StructuredEnergy energy = memory.Energy;
        int length = energy.PlaneLength;
        memory.Planes.Reserve(5L * length);
        var run = new Run<TVector>(this, memory, length);
        run.Start(ref random);
        run.Evolve();
        memory.Descend<TVector>(ref random);
        memory.Report(Steps);
    }

    private unsafe ref struct Run<TVector>
        where TVector : struct, IVector<TVector, float>
    {
        private readonly BifurcationSampler _settings;
        private readonly SearchMemory _memory;
        private readonly int _length;
        private readonly float* _position;
        private readonly float* _momentum;
        private readonly float* _bits; // (1 + σ)/2 of what fields are computed from
        private readonly float* _costs;
        private readonly float* _fields; // costs of random others, on average: twice the spins' own field; auxiliary spin only
        private float _auxiliary;
        private float _auxiliaryMomentum;
        private float _auxiliaryCost;

        public Run(BifurcationSampler settings, SearchMemory memory, int length)
        {
            (_settings, _memory, _length) = (settings, memory, length);
            _position = memory.Planes.Start;
            _momentum = _position + length;
            _bits = _momentum + length;
            _costs = _bits + length;
            _fields = _costs + length;
        }

        public void Start(ref RandomStream random)
        {
            for (int k = 0; k < _length; k++)
            {
                _position[k] = 0.1f * (float)((2 * random.NextDouble()) - 1);
                _momentum[k] = 0.1f * (float)((2 * random.NextDouble()) - 1);
            }

            if (_settings.AuxiliarySpin)
            {
                _auxiliary = 0.1f * (float)((2 * random.NextDouble()) - 1);
                _auxiliaryMomentum = 0.1f * (float)((2 * random.NextDouble()) - 1);
                SpinPlanes.Neutral(_memory.Energy, _bits);
                _memory.Energy.Costs<TVector>(_bits, _fields);
            }
        }

        public void Evolve()
        {
            int steps = _settings.Steps;
            int interval = Math.Max(1, steps / Reports);
            bool discrete = _settings.Variant == BifurcationVariant.Discrete;
            double deviation = _memory.Energy.FieldDeviation<TVector>();

            // A spin's field is −cost/2, and so is its deviation.
            float strength = deviation > 0 ? (float)(-_settings.Coupling / deviation) : -1;
            for (int step = 1; step <= steps; step++)
            {
                _memory.Cancellation.ThrowIfCancellationRequested();
                float detuning = 1 - ((float)step / steps);
                double energy = Fields(discrete);
                if (discrete)
                {
                    _memory.Offer(_bits, energy);
                }

                Kick((float)_settings.TimeStep, detuning, strength);
                if (step % interval == 0 || step == steps)
                {
                    ReadOut();
                    _memory.Report(step);
                }
            }
        }

        // Costs of the present positions or signs. Turned round where the auxiliary oscillator points down.
        private double Fields(bool discrete)
        {
            float turn = _settings.AuxiliarySpin && _auxiliary < 0 ? -1 : 1;
            SpinPlanes.ToBits<TVector>(_memory.Energy, _position, turn, discrete, _bits);
            double energy = _memory.Energy.Costs<TVector>(_bits, _costs);
            if (_settings.AuxiliarySpin)
            {
                AddAuxiliary(turn, discrete);
            }

            return energy;
        }

        // Fields are as strong as the auxiliary oscillator, which feels them all the other way round.
        private void AddAuxiliary(float turn, bool discrete)
        {
            float strength = discrete ? 1 : Math.Abs(_auxiliary);
            TVector less = TVector.All(strength - 1);
            TVector direction = TVector.All(turn);
            TVector felt = TVector.Zero;
            for (int k = 0; k < _length; k += Width)
            {
                TVector field = TVector.Load(ref *_fields, k);
                TVector x = TVector.Load(ref *_position, k);
                felt = TVector.FusedMultiplyAdd(field, discrete ? SpinPlanes.Sign(x) : x, felt);
                TVector.Store(ref *_costs, k, direction * TVector.FusedMultiplyAdd(less, field, TVector.Load(ref *_costs, k)));
            }

            _auxiliaryCost = TVector.Sum(felt);
        }

        private void Kick(float timeStep, float detuning, float strength)
        {
            TVector pull = TVector.All(-timeStep * detuning);
            TVector push = TVector.All(timeStep * strength);
            TVector time = TVector.All(timeStep);
            TVector wall = TVector.All(1);
            for (int k = 0; k < _length; k += Width)
            {
                TVector x = TVector.Load(ref *_position, k);
                TVector y = TVector.FusedMultiplyAdd(pull, x, TVector.Load(ref *_momentum, k));
                y = TVector.FusedMultiplyAdd(push, TVector.Load(ref *_costs, k), y);
                x = TVector.FusedMultiplyAdd(time, y, x);
                TVector outside = TVector.LessThan(wall, TVector.Abs(x));
                TVector.Store(ref *_position, k, TVector.Choose(outside, SpinPlanes.Sign(x), x));
                TVector.Store(ref *_momentum, k, TVector.Choose(outside, TVector.Zero, y));
            }

            if (_settings.AuxiliarySpin)
            {
                _auxiliaryMomentum += (-timeStep * detuning * _auxiliary) + (timeStep * strength * _auxiliaryCost);
                _auxiliary += timeStep * _auxiliaryMomentum;
                if (Math.Abs(_auxiliary) > 1)
                {
                    (_auxiliary, _auxiliaryMomentum) = (MathF.CopySign(1, _auxiliary), 0);
                }
            }
        }

        private void ReadOut()
        {
            SpinPlanes.ToBits<TVector>(_memory.Energy, _position, _settings.AuxiliarySpin && _auxiliary < 0 ? -1 : 1, true, _bits);
            _memory.Offer(_bits, _memory.Energy.Costs<TVector>(_bits, _costs));
        }
    }
}

/// <summary>What the fields of simulated bifurcation are computed from.</summary>
public enum BifurcationVariant
{
    /// <summary>The positions' signs: slower, finds better states.</summary>
    Discrete,

    /// <summary>The positions: fast, for good states.</summary>
    Ballistic,
}
