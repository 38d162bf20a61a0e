using Qama.Examples.Common;

namespace Qama.Examples.LongTasks;

/// <summary>The results of a task on disk.</summary>
internal static class ResultFolder
{
    /// <summary>Reads all results of a folder; none where there is no folder.</summary>
    /// <exception cref="InvalidDataException">A file is no result, or one of another task.</exception>
    public static IReadOnlyList<TaskResult> Read(string folder, string task) => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => ReadFile(path, task))]
        : [];

    /// <summary>What people say about results: <c>notes.md</c> beside them; empty without.</summary>
    public static string Notes(string folder)
    {
        string path = Path.Combine(folder, "notes.md");
        return File.Exists(path) ? File.ReadAllText(path).Trim() : "";
    }

    private static TaskResult ReadFile(string path, string task)
    {
        TaskResult result = ResultFile.Read(path, TaskResultJson.Default.TaskResult);
        return result.Task == task && result.Epochs.Count > 0
            ? result
            : throw new InvalidDataException($"'{path}' holds no result of {task}.");
    }
}
