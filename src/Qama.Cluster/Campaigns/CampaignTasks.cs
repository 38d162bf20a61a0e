using Qama.Cluster.Members;

namespace Qama.Cluster.Campaigns;

/// <summary>The campaign tasks that a worker knows, and how many it runs at a time.</summary>
public sealed class CampaignTasks
{
    /// <summary>The most places that a worker may have.</summary>
    public const int MostPlaces = 1024;

    private readonly Dictionary<string, ICampaignTask> _tasks = new(StringComparer.Ordinal);

    /// <summary>Knows some tasks.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="places">Tasks at a time, of all campaigns together; 1 to 1024.</param>
    /// <exception cref="ArgumentException">A task has no proper name, or another one's.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="places"/> is out of range.</exception>
    public CampaignTasks(IEnumerable<ICampaignTask> tasks, int places = 1)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfLessThan(places, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(places, MostPlaces);
        Places = places;
        foreach (ICampaignTask task in tasks)
        {
            if (!CampaignFile.IsName(task.Name) || !_tasks.TryAdd(task.Name, task))
            {
                throw new ArgumentException(
                    $"Expected tasks with names of their own, of letters, digits, '-', '_' and '.', got '{task.Name}' ({task.GetType()}).",
                    nameof(tasks));
            }
        }
    }

    /// <summary>Tasks at a time.</summary>
    public int Places { get; }

    /// <summary>The names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _tasks.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The tasks of an assembly: its public classes that implement <see cref="ICampaignTask"/> and have a constructor without
    /// parameters. What it refers to is looked for beside it.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <returns>The tasks; empty if it has none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    /// <exception cref="InvalidDataException">A task cannot be made; the message says why.</exception>
    public static IReadOnlyList<ICampaignTask> Load(string path) => TaskAssembly.Create<ICampaignTask>(TaskAssembly.Load(path));

    internal ICampaignTask? Find(string name) => _tasks.GetValueOrDefault(name);
}
