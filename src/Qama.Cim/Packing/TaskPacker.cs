using Qama.Ising;
using Qama.Ising.Precision;

namespace Qama.Cim.Packing;

/// <summary>Puts several problems into one task, as many as the machine has spins for.</summary>
public static class TaskPacker
{
    /// <summary>Packs problems: the largest first, each into the first task with room for it. The same problems always give the
    /// same tasks.</summary>
    /// <param name="problems">The problems; those without spins (all decided) are left out.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="pack">False gives every problem a task of its own.</param>
    /// <exception cref="ArgumentException">A problem exceeds the machine's spins.</exception>
    public static IReadOnlyList<PackedTask> Pack(
        IReadOnlyList<MachineProblem> problems, MachineLimits machine, bool pack = true)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(machine);
        int capacity = machine.Spins - 1;
        var open = new List<(List<PackedProblem> Content, int Used)>();
        foreach (int p in Enumerable.Range(0, problems.Count).OrderByDescending(p => problems[p].SpinCount).ThenBy(p => p))
        {
            int size = problems[p].SpinCount;
            if (size > capacity)
            {
                throw new ArgumentException(
                    $"Problem {p} needs {size + 1} spins; the machine has {machine.Spins}.", nameof(problems));
            }

            if (size == 0)
            {
                continue;
            }

            int place = pack ? open.FindIndex(t => t.Used + size <= capacity) : -1;
            if (place < 0)
            {
                place = open.Count;
                open.Add(([], 0));
            }

            (List<PackedProblem> content, int used) = open[place];
            content.Add(new PackedProblem(p, problems[p], used));
            open[place] = (content, used + size);
        }

        return [.. open.Select(t => new PackedTask(t.Content))];
    }
}
