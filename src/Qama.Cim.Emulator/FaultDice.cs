using System.Collections.Concurrent;
using System.Numerics;
using Qama.Numerics;

namespace Qama.Cim.Emulator;

/// <summary>Decides which requests go wrong, and how.</summary>
internal sealed class FaultDice(EmulatorFaults faults, ulong seed)
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<FaultKinds, int> _counts = new();
    private RandomStream _random = new(seed);

    public IReadOnlyDictionary<FaultKinds, int> Counts => _counts;

    /// <summary>A fault of those possible here, or none.</summary>
    public FaultKinds Roll(FaultKinds possible)
    {
        uint kinds = (uint)(possible & faults.Kinds);
        if (faults.Rate == 0 || kinds == 0)
        {
            return FaultKinds.None;
        }

        int choice;
        lock (_gate)
        {
            if (_random.NextDouble() >= faults.Rate)
            {
                return FaultKinds.None;
            }

            choice = _random.NextInt32(BitOperations.PopCount(kinds));
        }

        for (; choice > 0; choice--)
        {
            kinds &= kinds - 1;
        }

        var kind = (FaultKinds)(kinds & (~kinds + 1));
        _counts.AddOrUpdate(kind, 1, (_, count) => count + 1);
        return kind;
    }

    /// <summary>A number below <paramref name="limit"/>.</summary>
    public int Next(int limit)
    {
        lock (_gate)
        {
            return _random.NextInt32(limit);
        }
    }
}
