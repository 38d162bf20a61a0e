namespace Qama.Examples.LongTasks;

/// <summary>The tasks by name and length.</summary>
internal static class TaskChoice
{
    /// <summary>The tasks' names.</summary>
    public static readonly IReadOnlyList<string> Kinds =
        [RecallTask.Name, CopyingTask.Name, InductionTask.Name, ListOpsTask.Name, BracketTask.Name];

    /// <summary>Lengths that a model trained at a task's length is tested on as well: those of tasks whose models have no
    /// positions.</summary>
    public static IReadOnlyList<int> LongerLengths(TokenTask task) =>
        ModelShape.Of(task.Kind).Positions ? [] : [.. Declared(task.Kind).Where(n => n > task.Length)];

    /// <summary>Lengths that a task is trained at: those that classes are declared for, of copying those we compare at,
    /// of induction the shortest.</summary>
    public static IReadOnlyList<int> Lengths(string kind) => kind switch
    {
        CopyingTask.Name => [.. Declared(kind).Where(n => n >= CopyingTask.ShortestCompared)],
        InductionTask.Name => [.. Declared(kind).Take(1)],
        _ => [.. Declared(kind)],
    };

    /// <summary>The lengths of every task, for help.</summary>
    public static string DescribeLengths() =>
        string.Join("; ", Kinds.Select(kind => $"{kind} {string.Join(", ", Lengths(kind))}"));

    /// <summary>The length itself, or for 0 the task's shortest.</summary>
    public static int LengthOf(string kind, int length) => length == 0 ? Lengths(kind)[0] : length;

    /// <summary>Lengths that a training at some length can begin with, for one variant or another.</summary>
    public static IReadOnlyList<int> ShorterLengths(string kind, int length) =>
        [
            .. Variant.All.Select(v => v.Begin ?? v.Declared).OfType<Declarations>().SelectMany(d => d.Lengths(kind))
                .Where(n => n < length).Distinct().Order(),
        ];

    // Lengths of the variant that has all of them.
    private static IEnumerable<int> Declared(string kind) => kind switch
    {
        BracketTask.Name => Declarations.Boltzmann.Lengths(kind),
        CopyingTask.Name => Declarations.Memory.Lengths(kind),
        _ => Declarations.Selected.Lengths(kind),
    };

    /// <summary>What is wrong with a choice, or null.</summary>
    public static string? Check(string kind, int length, int vocabulary, IReadOnlyList<int> shorter)
    {
        IReadOnlyList<int> lengths = Lengths(kind);
        int chosen = LengthOf(kind, length);
        if (!lengths.Contains(chosen))
        {
            return $"--length: expected one of {string.Join(", ", lengths)} for {kind}, got {length}.";
        }

        return CheckShorter(kind, chosen, shorter)
            ?? (kind == RecallTask.Name && (vocabulary % 2 != 0 || vocabulary <= chosen)
                ? $"--vocabulary: expected an even number above {chosen}, got {vocabulary}."
                : null);
    }

    private static string? CheckShorter(string kind, int length, IReadOnlyList<int> shorter)
    {
        IReadOnlyList<int> known = ShorterLengths(kind, length);
        string given = string.Join(", ", shorter);
        if (shorter.Count > 0 && known.Count == 0)
        {
            return $"--shorter: there is no length of {kind} below {length}.";
        }

        if (shorter.Zip(shorter.Skip(1)).Any(p => p.First >= p.Second))
        {
            return $"--shorter: expected rising lengths, got {given}.";
        }

        return shorter.All(known.Contains)
            ? null
            : $"--shorter: expected some of {string.Join(", ", known)} for {kind} {length}, got {given}.";
    }

    /// <summary>The task.</summary>
    /// <param name="kind">Its name.</param>
    /// <param name="length">Its length.</param>
    /// <param name="options">The vocabulary and the blanks of recall.</param>
    /// <exception cref="ArgumentException">There is no such task, or not of that length.</exception>
    public static TokenTask Create(string kind, int length, RunOptions options) => kind switch
    {
        RecallTask.Name => new RecallTask(length, options.Vocabulary, options.Blanks),
        CopyingTask.Name => new CopyingTask(length),
        InductionTask.Name => new InductionTask(length),
        BracketTask.Name => new BracketTask(length),
        ListOpsTask.Name => new ListOpsTask(length),
        _ => throw new ArgumentException(
            $"Expected one of {string.Join(", ", Kinds)} and a length of it, got {kind} {length}.", nameof(kind)),
    };
}
