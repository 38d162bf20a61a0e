using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;

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

    /// <summary>Finds the tasks of an assembly: its public classes that implement <see cref="ITrainingTask"/> and have a constructor without
    /// parameters. What it refers to is looked for beside it.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    /// <exception cref="InvalidDataException">It has no task, or one whose constructor fails.</exception>
    public static IReadOnlyList<ITrainingTask> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string whole = Path.GetFullPath(path);
        var beside = new AssemblyDependencyResolver(whole);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            beside.ResolveAssemblyToPath(name) is { } file ? context.LoadFromAssemblyPath(file) : null;
        Assembly assembly = AssemblyLoadContext.Default.LoadFromAssemblyPath(whole);
        Type[] types =
        [
            .. assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                && t.IsAssignableTo(typeof(ITrainingTask)) && t.GetConstructor(Type.EmptyTypes) is not null),
        ];
        if (types.Length == 0)
        {
            throw new InvalidDataException(
                $"'{path}' has no public class that implements {nameof(ITrainingTask)} and has a constructor without parameters.");
        }

        try
        {
            return [.. types.Select(t => (ITrainingTask)Activator.CreateInstance(t)!)];
        }
        catch (TargetInvocationException e)
        {
            throw new InvalidDataException($"'{path}': a task's constructor failed: {e.InnerException!.Message}", e.InnerException);
        }
    }

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
