using System;
using System.Diagnostics;

#pragma warning disable RS0030 // The one place that looks at the time: what it decides is whether there is code at all.

namespace Qama.Generators.Energy;

/// <summary>
/// What one model may cost the compiler: the last defence where no limit on declarations has spoken. Work is counted, so that
/// the answer is the same on every machine; the time is only for what no count foresaw.
/// </summary>
/// <param name="mostWork">Nodes that may be made or visited.</param>
/// <param name="mostTime">Time it may take.</param>
internal sealed class WorkBudget(long mostWork = WorkBudget.MostWork, TimeSpan? mostTime = null)
{
    /// <summary>Over ten times what a model takes whose terms are all as long as they may be.</summary>
    public const long MostWork = 1L << 25;

    private const int BetweenLooks = 1 << 12;

    /// <summary>Far more than the work takes, even on a slow machine that does much else.</summary>
    private static readonly TimeSpan _mostTime = TimeSpan.FromMinutes(5);

    [ThreadStatic]
    private static WorkBudget? _current;

    private readonly TimeSpan _limit = mostTime ?? _mostTime;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private long _work;

    /// <summary>The budget of the model that this thread is working on; a new one outside of any.</summary>
    public static WorkBudget Current => _current ?? new WorkBudget();

    /// <summary>Does something within a budget.</summary>
    public static T Within<T>(WorkBudget budget, Func<T> work)
    {
        WorkBudget? outer = _current;
        _current = budget;
        try
        {
            return work();
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>Counts one node.</summary>
    /// <exception cref="WorkBudgetException">It was one too many, or the time is over.</exception>
    public void Spend()
    {
        if (++_work > mostWork)
        {
            throw new WorkBudgetException($"it takes more than {mostWork} steps of the compiler");
        }

        if (_work % BetweenLooks == 0)
        {
            CheckTime();
        }
    }

    /// <summary>Looks at the clock: before work that is not counted by nodes.</summary>
    /// <exception cref="WorkBudgetException">The time is over.</exception>
    public void CheckTime()
    {
        if (_time.Elapsed > _limit)
        {
            throw new WorkBudgetException(
                FormattableString.Invariant($"it takes the compiler more than {_limit.TotalSeconds} seconds"));
        }
    }
}

/// <summary>A model costs the compiler too much.</summary>
internal sealed class WorkBudgetException(string message) : Exception(message);
