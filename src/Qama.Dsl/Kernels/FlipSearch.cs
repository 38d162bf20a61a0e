using System.Runtime.Intrinsics;
using Qama.Sampling;

namespace Qama.Kernels;

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
    private const int Width = 16;
    private const int RefreshInterval = 4096; // flips after which rounding errors of the updated fields are wiped out
    private const int TenureSpread = 10;
    private const int Reports = 50; // of a tabu search

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

    /// <summary>Energy of the present state, up to rounding in single precision.</summary>
    public double Energy { get; private set; }

    /// <summary>The lowest energy seen since <see cref="Start"/>.</summary>
    public double BestEnergy { get; private set; }

    /// <summary>The state of lowest energy, planes of 0 and 1.</summary>
    public float* Best => _best;

    /// <summary>Puts a state.</summary>
    /// <param name="energy">The problem.</param>
    /// <param name="planes">Planes of 0 and 1, copied.</param>
    public void Start(StructuredEnergy energy, float* planes)
    {
        _energy = energy;
        Reserve();
        Copy(planes, _x);
        ResetTenures();
        Refresh();
        Keep();
    }

    /// <summary>Flips whatever lowers the energy most until nothing does.</summary>
    public void Descend()
    {
        for (int flip = 0; flip < 64 + (16 * _energy.VariableCount); flip++)
        {
            (int place, float change) = Lowest(float.MaxValue, float.NegativeInfinity);

            // Rounding must not make equal energies circle.
            if (place < 0 || change >= -1e-6 * (1 + Math.Abs(Energy)))
            {
                break;
            }

            Flip(place, change);
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
    public void Tabu(int steps, int stall, ref RandomStream random, SearchMemory memory)
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
            if (step % interval == 0 && memory.Trace is not null)
            {
                memory.Offer(_best, BestEnergy);
                memory.Report(step);
            }

            // Rounding must not let a return to the best state pass for a way below it.
            (int place, float change) = Lowest(step, (float)(BestEnergy - Energy - (1e-6 * Math.Abs(BestEnergy))));
            if (place < 0)
            {
                continue; // everything is tabu for now
            }

            Flip(place, change);
            _free[place] = step + tenure + random.NextInt32(spread) + 1;
            if (Energy < BestEnergy - (1e-7 * Math.Abs(BestEnergy)))
            {
                Keep();
                improved = step;
            }
            else if (step - improved >= stall)
            {
                Perturb(present, ref random);
                improved = step;
            }
        }
    }

    /// <summary>Lowers the best state, whose energy carries the rounding of many flips, to a local minimum.</summary>
    public void Finish()
    {
        Copy(_best, _x);
        ResetTenures();
        Refresh();
        Keep();
        Descend();
    }

    private void Perturb(int present, ref RandomStream random)
    {
        Copy(_best, _x);
        ResetTenures();
        Refresh();
        int flips = Math.Max(Math.Min(present, 4), present / 16);
        for (int k = 0; k < flips; k++)
        {
            int place = _energy.PlaceOf(random.NextInt32(present));
            Flip(place, Change(place));
        }
    }

    private void Keep()
    {
        Copy(_x, _best);
        BestEnergy = Energy;
    }

    // The variable whose flip costs least among those that are free at a step or go below a limit.
    private (int Place, float Change) Lowest(float step, float limit)
    {
        Vector512<float> lowest = Vector512.Create(float.PositiveInfinity);
        Vector512<int> places = Vector512.Create(-1);
        Vector512<float> now = Vector512.Create(step);
        Vector512<float> below = Vector512.Create(limit);
        int stride = _energy.Stride;
        for (int h = 0; h < _energy.Heads; h++)
        {
            for (int b = 0; b < _energy.Bits; b++)
            {
                int first = ((h * _energy.Bits) + b) * stride;
                for (int i = 0; i < stride; i += Width)
                {
                    Vector512<float> change = Changes(h, b, i);
                    Vector512<float> free = Vector512.Load(_free + first + i);
                    Vector512<float> allowed = Vector512.LessThanOrEqual(free, now)
                        | (Vector512.LessThan(change, below) & Vector512.LessThan(free, Vector512.Create(float.PositiveInfinity)));
                    Vector512<float> better = allowed & Vector512.LessThan(change, lowest);
                    lowest = Vector512.ConditionalSelect(better, change, lowest);
                    places = Vector512.ConditionalSelect(
                        better.AsInt32(), Vector512<int>.Indices + Vector512.Create(first + i), places);
                }
            }
        }

        int place = -1;
        float least = float.PositiveInfinity;
        for (int lane = 0; lane < Width; lane++)
        {
            float value = lowest.GetElement(lane);
            if (value < least || (value == least && place >= 0 && places.GetElement(lane) < place))
            {
                (place, least) = (places.GetElement(lane), value);
            }
        }

        return (place, least);
    }

    private float Change(int place)
    {
        int row = place / _energy.Stride;
        int token = place % _energy.Stride;
        return Changes(row / _energy.Bits, row % _energy.Bits, token & ~(Width - 1)).GetElement(token & (Width - 1));
    }

    // What flipping each of 16 bits changes.
    private Vector512<float> Changes(int head, int bit, int token)
    {
        int at = (head * _energy.Stride) + token;
        return _energy.FlipCosts(
            new FlipState(
                _x + ((((head * _energy.Bits) + bit) * _energy.Stride) + token), _weights + at, _local + at,
                _columns + (_energy.ExclusionOnBits ? bit * _energy.Stride : 0) + token, _sums[head]),
            head, bit, token);
    }

    private void Flip(int place, float change)
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
        float* local = _local + (head * stride);
        float* pairs = _energy.Row(head, token);
        Vector512<float> scale = Vector512.Create(step);
        for (int i = 0; i < stride; i += Width)
        {
            Vector512.FusedMultiplyAdd(scale, Vector512.Load(pairs + i), Vector512.Load(local + i)).Store(local + i);
        }

        Energy += change;
        if (++_flips >= RefreshInterval)
        {
            Refresh();
        }
    }

    // Fields, sums and energy of the present state, from nothing.
    private void Refresh()
    {
        _flips = 0;
        Energy = _energy.Costs(_x, _costs, _local, _weights, _sums);
        _energy.CopyColumns(_columns);
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

/// <summary>16 neighbouring bits of a state and what their flips depend on.</summary>
internal readonly unsafe ref struct FlipState(float* bits, float* weights, float* local, float* columns, float sum)
{
    /// <summary>x.</summary>
    public Vector512<float> Bits => Vector512.Load(bits);

    /// <summary>s of the same tokens.</summary>
    public Vector512<float> Weights => Vector512.Load(weights);

    /// <summary>linear + Σ_j a_ij s_j.</summary>
    public Vector512<float> Local => Vector512.Load(local);

    /// <summary>Sums over the heads of what exclusion is on.</summary>
    public Vector512<float> Columns => Vector512.Load(columns);

    /// <summary>The head's sum of weights.</summary>
    public float Sum => sum;
}
