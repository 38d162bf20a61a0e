using Qama.Cim.Journal;

namespace Qama.Tool.Journals;

/// <summary>A task of a journal, as a command line calls it.</summary>
internal static class JournalTask
{
    /// <summary>The one task of that name, of that id at the machine, or whose key begins so.</summary>
    /// <param name="journal">The journal.</param>
    /// <param name="path">Its file.</param>
    /// <param name="asked">What it is called.</param>
    /// <returns>The task without its solutions.</returns>
    /// <exception cref="InvalidDataException">There is none, or there are several.</exception>
    public static async Task<JournalEntry> FindAsync(CimJournal journal, string path, string asked)
    {
        JournalEntry[] named =
        [
            .. (await journal.ListAsync().ConfigureAwait(false)).Where(
                e => e.Name == asked || e.TaskId == asked || e.Key.StartsWith(asked, StringComparison.Ordinal)),
        ];
        return named.Length switch
        {
            1 => named[0],
            0 => throw new InvalidDataException($"{path}: there is no task {asked}: 'qama journal list' has their names."),
            _ => throw new InvalidDataException(
                $"{path}: {named.Length} tasks are called {asked}: give more of the key, of {string.Join(" or ", named.Select(e => e.Key))}."),
        };
    }
}
