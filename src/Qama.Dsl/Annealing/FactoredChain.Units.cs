using System.Runtime.CompilerServices;
using Qama.Numerics;

namespace Qama.Annealing;

/// <content>Long problems: the work of several threads, and of one in the same order.</content>
internal unsafe partial struct FactoredChain<TPlan, TVector>
{
    private const int BlocksPerPart = 16; // or less: a few microseconds of work

    [ThreadStatic]
    private static Team? _team;

    // What works for itself in a sweep: two heads that hand tokens over to each other, or a head. A head's vector belongs to its unit
    // for the whole sweep: at step t unit u has part t + u of the tokens, counted round. What units share, a token's number of
    // selections, is so used by one at a time, in an order that no thread changes.
    private static int Units => Pairs == 0 ? TPlan.Heads : Pairs;

    private readonly bool HasUnits => _isLong && Units > 1;

    // Short, so that units follow each other closely: heads that answer late to what others select find worse states.
    private readonly int Parts => Math.Max(Units, _blocks / BlocksPerPart);

    private bool SweepByUnits<TRule, TFormat>(
        int round, float temperature, scoped ref RandomStream random, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
        where TFormat : struct, IFeatureFormat
    {
        _sweep = new() { Round = round, Scale = TRule.Scale(temperature), Seed = TRule.IsRandom ? random.NextUInt64() : 0 };
        new Span<float>(_gains, Units * Width).Clear();
        new Span<int>(_done, Units * Width).Clear();
        Divide(&Visit<TRule, TFormat>, Parts * Units, cancellation);
        TVector gains = TVector.Zero;
        bool moved = false;
        for (int unit = 0; unit < Units; unit++)
        {
            moved |= _done[(unit * Width) + 1] != 0;
            gains += TVector.Load(_gains + (unit * Width));
        }

        _energy += TVector.Sum(gains);
        return moved;
    }

    // Visits of units to parts of the tokens, all of a step before those of the next. A visit waits for the one of the same unit and for
    // that to the same part before it: both are begun, as visits are begun in order.
    private static void Visit<TRule, TFormat>(
        FactoredChain<TPlan, TVector>* chain, int first, int end, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
        where TFormat : struct, IFeatureFormat
    {
        int parts = chain->Parts;
        for (int visit = first; visit < end; visit++)
        {
            (int step, int unit) = Math.DivRem(visit, Units);
            chain->Await(unit, step);
            chain->Await((unit + 1) % Units, unit + 1 < Units ? step : step - (parts - Units));
            try
            {
                if (chain->VisitPart<TRule, TFormat>(unit, (step + unit) % parts, visit, cancellation))
                {
                    chain->_done[(unit * Width) + 1] = 1;
                }
            }
            finally
            {
                Volatile.Write(ref chain->_done[unit * Width], step + 1); // a visit that failed too: others must not wait forever
            }
        }
    }

    private readonly void Await(int unit, int visits)
    {
        SpinWait wait = default;
        while (Volatile.Read(ref _done[unit * Width]) < visits)
        {
            wait.SpinOnce(sleep1Threshold: -1); // a visit takes less than the shortest sleep
        }
    }

    // One proposal per token of the part and head, and one per token for the two heads; whether any was accepted.
    private readonly bool VisitPart<TRule, TFormat>(int unit, int part, int visit, CancellationToken cancellation)
        where TRule : struct, IAcceptanceRule
        where TFormat : struct, IFeatureFormat
    {
        var stream = new RandomStream(_sweep.Seed + (ulong)visit);
        TVector scale = TVector.All(_sweep.Scale);
        (int a, int b) = Pairs == 0 ? (unit, TPlan.Heads) : Opponents(_sweep.Round, unit);
        bool meet = b < TPlan.Heads;
        HeadRange heads = meet ? HeadRange.Two(a, b) : new(a, a + 1);
        float* gains = _gains + (unit * Width);
        float* thresholds = _thresholds + (a * Width);
        bool moved = false;
        int begin = (int)((long)part * _blocks / Parts), end = (int)((part + 1L) * _blocks / Parts);
        for (int block = begin; block < end; block++)
        {
            if ((block - begin) % BlocksPerLook == 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }

            ulong bits = 0;
            Prepare<TFormat>(block, heads);
            moved |= Propose<TRule, TFormat>(block, heads, 0, scale, gains, ref bits, ref stream);
            uint differ = meet ? (uint)(_bits[RowOf(block, a)] ^ _bits[RowOf(block, b)]) : 0;
            if (differ != 0)
            {
                bits = TRule.IsRandom ? stream.NextUInt64() : 0;
                TVector.Store(thresholds, scale * TRule.Thresholds<TVector>(bits));
                moved |= HandOver<TFormat>(block, a, b, differ, thresholds, gains);
            }
        }

        return moved;
    }

    // A loop over heads or visits, by the threads that there are for it.
    private void Divide(
        delegate*<FactoredChain<TPlan, TVector>*, int, int, CancellationToken, void> body, int count, CancellationToken cancellation)
    {
        var chain = (FactoredChain<TPlan, TVector>*)Unsafe.AsPointer(ref this); // always a local variable of Run or EnergyScale
        int workers = _isLong ? WorkerPool.Share : 1;
        if (workers == 1)
        {
            body(chain, 0, count, cancellation);
            return;
        }

        Team team = _team ??= new();
        team.Chain = chain;
        team.Body = body;
        team.Cancellation = cancellation;
        try
        {
            WorkerPool.Shared.Run(team, count, workers);
        }
        finally
        {
            team.Chain = null;
            team.Cancellation = default;
        }
    }

    // Some of the heads.
    private readonly record struct HeadRange(int First, int End, int By = 1)
    {
        public static HeadRange Two(int a, int b) => new(Math.Min(a, b), Math.Max(a, b) + 1, Math.Abs(a - b));
    }

    private struct UnitSweep
    {
        public int Round;
        public float Scale; // of thresholds
        public ulong Seed;
    }

    private sealed class Team : ParallelJob
    {
        public FactoredChain<TPlan, TVector>* Chain { get; set; }

        public delegate*<FactoredChain<TPlan, TVector>*, int, int, CancellationToken, void> Body { get; set; }

        public CancellationToken Cancellation { get; set; }

        public override void Execute(int index, int worker) => Body(Chain, index, index + 1, Cancellation);
    }
}
