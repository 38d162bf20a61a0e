using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Search by single flips on a <see cref="StructuredEnergy"/>: descent to a local minimum, and tabu search beyond it. A
/// flip updates one head's row of local fields and one column; the best flip is found 16 variables at a time.
/// </summary>
/// <remarks>
/// Glover, "Tabu search, part I", ORSA J. Comput. 1, 190 (1989); for binary problems Palubeckis, Ann. Oper. Res. 131, 259
/// (2004), and Glover, Lü and Hao, 4OR 8, 239 (2010), from which the tenure is.
/// </remarks>
internal sealed unsafe class FlipSearch
{
    private const int Width = RowLayout.Width;
    private const int RefreshInterval = 4096; // flips after which rounding errors of the updated fields are wiped out
    private const int TenureSpread = 10;
    private const int Reports = 50; // of a tabu search
    private const int CancellationInterval = 256; // flips
    private const double Certainty = 4; // roundings by which energies must differ to be different

    private static ReadOnlySpan<int> Lane => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly AlignedMemory _memory = new();
    private StructuredEnergy _energy = null!;
    private float* _x; // planes
    private float* _best; // planes
    private float* _free; // planes: the first step at which a variable may be flipped again; infinite where it is absent
    private float* _local; // [heads, stride]: linear + Σ_j a_ij s_j
    private float* _weights; // [heads, stride]: s
    private float* _columns; // [bits or 1, stride]: sums over the heads
    private float* _sums; // [heads]: Σ_i s
    private float* _costs; // planes: scratch of the descent's exact costs
    private int _flips;
    private double _variance; // of the energy relative to the best one: what rounding of the flips in between makes of it
    private double _doubt; // how far apart the two must be to be told apart

    /// <summary>Ends a search with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Energy of the present state, up to rounding in single precision; without the constant, in units of the
    /// loaded problem.</summary>
    public double Energy { get; private set; }

    /// <summary>The lowest energy seen since <see cref="Start"/>.</summary>
    public double BestEnergy { get; private set; }

    /// <summary>The state of lowest energy, planes of 0 and 1.</summary>
    public float* Best => _best;

    /// <summary>Puts a state.</summary>
    /// <param name="energy">The problem.</param>
    /// <param name="planes">Planes of 0 and 1, copied.</param>
    public void Start<TVector>(StructuredEnergy energy, float* planes)
        where TVector : struct, IVector<TVector, float>
    {
        _energy = energy;
        Reserve();
        Copy(planes, _x);
        Energy = Refresh<TVector>();
        Keep();
    }

    /// <summary>Flips whatever lowers the energy most until nothing does.</summary>
    public void Descend<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        const float Later = 1; // than this search: what is not free before is left out
        ResetTenures();
        bool leaves = false;
        for (int flip = 0; flip < 64 + (16 * _energy.VariableCount); flip++)
        {
            CheckNow(flip);
            (int place, float change) = Lowest<TVector>(0, float.NegativeInfinity);
            if (place < 0 || change >= 0)
            {
                break;
            }

            if (IsRounding<TVector>(place, change))
            {
                // Rounding must not make equal energies circle; others may still gain by more than theirs.
                _free[place] = Later;
                leaves = true;
                continue;
            }

            Flip<TVector>(place, change);
            if (leaves)
            {
                ResetTenures();
                leaves = false;
            }
        }

        if (Energy < BestEnergy)
        {
            Keep();
        }
    }

    /// <summary>Tabu search: flips the best variable that has not been flipped recently, up or down; one that leads below
    /// the best energy known may always be flipped.</summary>
    /// <param name="steps">Flips.</param>
    /// <param name="stall">Flips without improvement after which some of the best state's variables are flipped at random.</param>
    /// <param name="random">Tenures and perturbations.</param>
    /// <param name="memory">Told how the search proceeds.</param>
    public void Tabu<TVector>(int steps, int stall, ref RandomStream random, SearchMemory memory)
        where TVector : struct, IVector<TVector, float>
    {
        int present = _energy.Heads * _energy.Bits * _energy.TokenCount;
        if (present == 0)
        {
            return;
        }

        ResetTenures();
        int tenure = Math.Max(1, Math.Min((present / 100) + 1, present / 4));
        int spread = Math.Max(1, Math.Min(TenureSpread, present / 4));
        int improved = 0;
        int interval = Math.Max(1, steps / Reports);
        for (int step = 1; step <= steps; step++)
        {
            CheckNow(step);
            if (step % interval == 0 && memory.Trace is not null)
            {
                memory.Offer(_best, BestEnergy);
                memory.Report(step);
            }

            // Rounding must not let a return to the best state pass for a way below it.
            (int place, float change) = Lowest<TVector>(step, (float)(BestEnergy - Energy - _doubt));
            if (place < 0)
            {
                continue; // everything is tabu for now
            }

            Flip<TVector>(place, change);
            _free[place] = step + tenure + random.NextInt32(spread) + 1;
            if (Energy < BestEnergy - _doubt)
            {
                Keep();
                improved = step;
            }
            else if (step - improved >= stall)
            {
                Perturb<TVector>(present, ref random);
                improved = step;
            }
        }
    }

    /// <summary>Sweeps of a chain at a temperature, of which the last state is <see cref="Best"/>: every variable in turn by the heat
    /// bath's rule, and where constraints hold flips back as many proposals that two variables of a rank change places, within a head or
    /// a token, by Metropolis's. Leaves the Boltzmann distribution as it is.</summary>
    /// <param name="sweeps">Sweeps.</param>
    /// <param name="temperature">In units of the loaded problem, positive.</param>
    /// <param name="random">One number for every variable, whatever the state is, and up to four for every proposal.</param>
    public void HeatBath<TVector>(int sweeps, double temperature, ref RandomStream random)
        where TVector : struct, IVector<TVector, float>
    {
        int present = _energy.Heads * _energy.Bits * _energy.TokenCount;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            Cancellation.ThrowIfCancellationRequested();
            for (int variable = 0; variable < present; variable++)
            {
                int place = _energy.PlaceOf(variable);
                float change = Change<TVector>(place);
                if (random.NextDouble() * (1 + Math.Exp(change / temperature)) < 1)
                {
                    Flip<TVector>(place, change);
                }
            }

            for (int proposal = 0; proposal < present && _energy.FreezesFlips; proposal++)
            {
                Exchange<TVector>(random.NextInt32(present), temperature, ref random);
            }
        }

        Keep();
    }

    private void Exchange<TVector>(int variable, double temperature, ref RandomStream random)
        where TVector : struct, IVector<TVector, float>
    {
        int tokens = _energy.TokenCount, rank = variable / tokens % _energy.Bits;
        int other = random.NextInt32(2) == 0
            ? variable - (variable % tokens) + random.NextInt32(tokens)
            : (((random.NextInt32(_energy.Heads) * _energy.Bits) + rank) * tokens) + (variable % tokens);
        double uniform = random.NextDouble();
        (int first, int second) = (_energy.PlaceOf(variable), _energy.PlaceOf(other));
        if (_x[first] == _x[second])
        {
            return;
        }

        float change = Change<TVector>(first);
        Flip<TVector>(first, change);
        float further = Change<TVector>(second);
        if (uniform < Math.Exp(-((double)change + further) / temperature))
        {
            Flip<TVector>(second, further);
        }
        else
        {
            Flip<TVector>(first, -change);
        }
    }

    /// <summary>Lowers the best state, whose energy carries the rounding of many flips, to a local minimum.</summary>
    public void Finish<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        Copy(_best, _x);
        Energy = Refresh<TVector>();
        Keep();
        Descend<TVector>();
    }

    private void Perturb<TVector>(int present, ref RandomStream random)
        where TVector : struct, IVector<TVector, float>
    {
        Copy(_best, _x);
        ResetTenures();
        Refresh<TVector>();
        (Energy, _variance, _doubt) = (BestEnergy, 0, 0);
        int flips = Math.Max(Math.Min(present, 4), present / 16);
        for (int k = 0; k < flips; k++)
        {
            int place = _energy.PlaceOf(random.NextInt32(present));
            Flip<TVector>(place, Change<TVector>(place));
        }
    }

    private void Keep()
    {
        Copy(_x, _best);
        (BestEnergy, _variance, _doubt) = (Energy, 0, 0);
    }

    // The variable whose flip costs least among those that are free at a step or go below a limit.
    private (int Place, float Change) Lowest<TVector>(float step, float limit)
        where TVector : struct, IVector<TVector, float>
    {
        TVector lowest = TVector.All(float.PositiveInfinity);
        TVector places = TVector.All(BitConverter.Int32BitsToSingle(-1)); // lanes that hold integers
        TVector lanes = TVector.Load(ref Unsafe.As<int, float>(ref MemoryMarshal.GetReference(Lane)), 0);
        TVector now = TVector.All(step);
        TVector below = TVector.All(limit);
        TVector never = TVector.All(float.PositiveInfinity);
        int stride = _energy.Stride;
        for (int h = 0; h < _energy.Heads; h++)
        {
            for (int b = 0; b < _energy.Bits; b++)
            {
                int first = ((h * _energy.Bits) + b) * stride;
                for (int i = 0; i < stride; i += Width)
                {
                    TVector change = Changes<TVector>(h, b, i);
                    TVector free = TVector.Load(ref *_free, first + i);
                    TVector allowed = TVector.GreaterThanOrEqual(now, free)
                        | (TVector.LessThan(change, below) & TVector.LessThan(free, never));
                    TVector better = allowed & TVector.LessThan(change, lowest);
                    lowest = TVector.Choose(better, change, lowest);
                    places = TVector.Choose(
                        better, TVector.AddIntegers(lanes, TVector.All(BitConverter.Int32BitsToSingle(first + i))), places);
                }
            }
        }

        float* values = stackalloc float[Width];
        float* where = stackalloc float[Width];
        TVector.Store(ref *values, 0, lowest);
        TVector.Store(ref *where, 0, places);
        int place = -1;
        float least = float.PositiveInfinity;
        for (int lane = 0; lane < Width; lane++)
        {
            int its = BitConverter.SingleToInt32Bits(where[lane]);
            if (values[lane] < least || (values[lane] == least && place >= 0 && its < place))
            {
                (place, least) = (its, values[lane]);
            }
        }

        return (place, least);
    }

    private float Change<TVector>(int place)
        where TVector : struct, IVector<TVector, float>
    {
        int row = place / _energy.Stride;
        int token = place % _energy.Stride;
        float* changes = stackalloc float[Width];
        TVector.Store(ref *changes, 0, Changes<TVector>(row / _energy.Bits, row % _energy.Bits, token & ~(Width - 1)));
        return changes[token & (Width - 1)];
    }

    // What flipping each of 16 bits changes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Changes<TVector>(int head, int bit, int token)
        where TVector : struct, IVector<TVector, float>
    {
        int at = (head * _energy.Stride) + token;
        return _energy.FlipCosts(
            new FlipState<TVector>(
                _x + ((((head * _energy.Bits) + bit) * _energy.Stride) + token), _weights + at, _local + at,
                _columns + (_energy.ExclusionOnBits ? bit * _energy.Stride : 0) + token, _sums[head]),
            head, bit, token);
    }

    private void Flip<TVector>(int place, float change)
        where TVector : struct, IVector<TVector, float>
    {
        int stride = _energy.Stride;
        int row = place / stride;
        int token = place % stride;
        int head = row / _energy.Bits;
        int bit = row % _energy.Bits;
        float direction = 1 - (2 * _x[place]);
        float step = direction * (1 << bit) / ((1 << _energy.Bits) - 1);
        _x[place] += direction;
        _weights[(head * stride) + token] = _energy.Bits == 1 ? _x[place] : _weights[(head * stride) + token] + step;
        if (_energy.ExclusionOnBits)
        {
            _columns[(bit * stride) + token] += direction;
        }
        else
        {
            _columns[token] += step;
        }

        _sums[head] += step;
        _energy.AddRow<TVector>(head, token, step, _local + (head * stride));
        Energy += change;
        _variance += _energy.SquaredRounding<TVector>(head, token);
        _doubt = Certainty * Math.Sqrt(_variance);
        if (++_flips >= RefreshInterval)
        {
            Refresh<TVector>();
        }
    }

    // Fields and sums of the present state, from nothing; its energy, rounded.
    private double Refresh<TVector>()
        where TVector : struct, IVector<TVector, float>
    {
        _flips = 0;
        double energy = _energy.Costs<TVector>(_x, _costs, _local, _weights, _sums);
        _energy.CopyColumns(_columns);
        return energy;
    }

    // Whether a change may be no more than what rounding makes of 0.
    private bool IsRounding<TVector>(int place, double change)
        where TVector : struct, IVector<TVector, float>
    {
        double squared = change * change / (Certainty * Certainty);
        return squared <= _energy.LargestSquaredRounding
            && squared <= _energy.SquaredRounding<TVector>(place / _energy.Stride / _energy.Bits, place % _energy.Stride);
    }

    private void CheckNow(int flips)
    {
        if (flips % CancellationInterval == 0)
        {
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    private void ResetTenures()
    {
        for (int row = 0; row < _energy.Heads * _energy.Bits; row++)
        {
            var free = new Span<float>(_free + (row * _energy.Stride), _energy.Stride);
            free[.._energy.TokenCount].Clear();
            free[_energy.TokenCount..].Fill(float.PositiveInfinity);
        }
    }

    private void Copy(float* source, float* destination) =>
        new ReadOnlySpan<float>(source, _energy.PlaneLength).CopyTo(new Span<float>(destination, _energy.PlaneLength));

    private void Reserve()
    {
        int planes = _energy.PlaneLength;
        int rows = _energy.Heads * _energy.Stride;
        int columns = _energy.Bits * _energy.Stride;
        _memory.Reserve((4L * planes) + (2 * rows) + columns + _energy.Heads);
        _x = _memory.Start;
        _best = _x + planes;
        _free = _best + planes;
        _costs = _free + planes;
        _local = _costs + planes;
        _weights = _local + rows;
        _columns = _weights + rows;
        _sums = _columns + columns;
    }
}
