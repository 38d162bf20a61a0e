using Qama.Ising.Precision;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>What one worker needs to search: the problem's structure, the state, the best state seen.</summary>
internal sealed unsafe class SearchMemory
{
    private const int Exchanges = 4; // flips per variable of a search that exchanges

    private readonly AlignedMemory _best = new();
    private byte[] _candidate = [];

    /// <summary>The problem at hand.</summary>
    public StructuredEnergy Energy { get; } = new();

    /// <summary>The problem in the integers of a machine, where one is simulated.</summary>
    public MachineProblem? Machine { get; set; }

    /// <summary>Search by flips on the problem.</summary>
    public FlipSearch Flips { get; } = new();

    /// <summary>Memory that a dynamics divides among its planes.</summary>
    public AlignedMemory Planes { get; } = new();

    /// <summary>Index of the loaded problem; −1 for none.</summary>
    public int Problem { get; set; } = -1;

    /// <summary>The read that is being made.</summary>
    public int Read { get; set; }

    /// <summary>Whom to tell.</summary>
    public EnergyTrace? Trace { get; set; }

    /// <summary>Ends the search: to be looked at after every step, or after many short ones.</summary>
    public CancellationToken Cancellation
    {
        get => Flips.Cancellation;
        set => Flips.Cancellation = value;
    }

    /// <summary>The lowest energy seen since <see cref="Begin"/>, in units of <see cref="Energy"/>.</summary>
    public double BestEnergy { get; private set; }

    /// <summary>Its state, planes of 0 and 1.</summary>
    public float* Best => _best.Start;

    /// <summary>Memory for a state that may be worse than the one a read has already.</summary>
    public Span<byte> Candidate(int variables)
    {
        if (_candidate.Length < variables)
        {
            _candidate = new byte[variables];
        }

        return _candidate.AsSpan(0, variables);
    }

    /// <summary>Starts a search: nothing seen yet, and the best state is that of zeros.</summary>
    public void Begin()
    {
        _best.Reserve(Energy.PlaneLength);
        new Span<float>(_best.Start, Energy.PlaneLength).Clear();
        BestEnergy = double.PositiveInfinity;
    }

    /// <summary>Keeps a state if it is lower than all before.</summary>
    /// <param name="planes">Planes of 0 and 1.</param>
    /// <param name="energy">Its energy.</param>
    public void Offer(float* planes, double energy)
    {
        if (energy < BestEnergy)
        {
            BestEnergy = energy;
            new ReadOnlySpan<float>(planes, Energy.PlaneLength).CopyTo(new Span<float>(_best.Start, Energy.PlaneLength));
        }
    }

    /// <summary>Lowers the best state to a local minimum. Where a constraint holds every flip back, what lowers the energy is
    /// a flip and another one that makes up for it: a short tabu search finds those.</summary>
    public void Descend<TVector>(ref RandomStream random)
        where TVector : struct, IVector<TVector, float>
    {
        Flips.Start<TVector>(Energy, Best);
        Flips.Descend<TVector>();
        if (Energy.FreezesFlips)
        {
            int flips = Exchanges * Energy.VariableCount;
            Flips.Tabu<TVector>(flips, flips, ref random, this);
            Flips.Finish<TVector>();
        }

        Offer(Flips.Best, Flips.BestEnergy);
    }

    /// <summary>Says how far the search is.</summary>
    public void Report(int step) => Trace?.Invoke(Problem, Read, step, (BestEnergy / Energy.Scale) + Energy.Offset);
}
