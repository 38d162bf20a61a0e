using Microsoft.Extensions.DependencyInjection;
using Qama.Cluster.Members;

namespace Qama.Cluster.Training;

/// <summary>The training tasks that a process knows.</summary>
public sealed class TrainingTasks
{
    private readonly Dictionary<string, ITrainingTask> _tasks = new(StringComparer.Ordinal);

    /// <summary>Knows some tasks.</summary>
    /// <param name="tasks">The tasks.</param>
    /// <param name="threads">Threads of a training in this process; 0 for all processors.</param>
    /// <exception cref="ArgumentException">Two tasks have the same name, or one has none.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is negative.</exception>
    public TrainingTasks(IEnumerable<ITrainingTask> tasks, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Threads = threads == 0 ? Environment.ProcessorCount : threads;
        foreach (ITrainingTask task in tasks)
        {
            if (string.IsNullOrEmpty(task.Name) || !_tasks.TryAdd(task.Name, task))
            {
                throw new ArgumentException($"Expected tasks with names of their own, got '{task.Name}' ({task.GetType()}).", nameof(tasks));
            }
        }
    }

    /// <summary>Threads of a training in this process.</summary>
    public int Threads { get; }

    /// <summary>The names, in alphabetical order.</summary>
    public IReadOnlyList<string> Names => [.. _tasks.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The tasks of an assembly: its public classes that implement <see cref="ITrainingTask"/> and have a constructor without
    /// parameters. What it refers to is looked for beside it.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <returns>The tasks; empty if it has none.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    /// <exception cref="InvalidDataException">A task cannot be made; the message says why.</exception>
    public static IReadOnlyList<ITrainingTask> Load(string path) => TaskAssembly.Create<ITrainingTask>(TaskAssembly.Load(path));

    internal ITrainingTask Find(string name) => _tasks.GetValueOrDefault(name) ?? throw new KeyNotFoundException(
        $"There is no task '{name}' here. There are: {(_tasks.Count > 0 ? string.Join(", ", Names) : "none")}.");
}

/// <summary>Gives tasks to a silo.</summary>
public static class TrainingServices
{
    /// <summary>Makes a worker know tasks.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="tasks">The tasks and the threads they may use.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddTrainingTasks(this IServiceCollection services, TrainingTasks tasks)
    {
        ArgumentNullException.ThrowIfNull(tasks);
        return services.AddSingleton(tasks);
    }
}
