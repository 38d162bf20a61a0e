using System.Globalization;
using System.Runtime.InteropServices;

namespace Qama.Cim.Emulator;

/// <summary>Accepted tasks as files, so that an emulator that was stopped knows them again.</summary>
internal sealed class TaskFolder
{
    private readonly string? _folder;

    public TaskFolder(string? folder)
    {
        _folder = folder;
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
        }
    }

    /// <summary>Writes a task: whether it was a QUBO, then the Ising matrix.</summary>
    public async Task SaveAsync(EmulatedTask task, ReadOnlyMemory<int> ising)
    {
        if (_folder is not null)
        {
            string path = Path.Combine(_folder, task.Id);
            byte[] content = [(byte)(task.IsQubo ? 1 : 0), .. MemoryMarshal.AsBytes(ising.Span)];
            await File.WriteAllBytesAsync(path + ".part", content).ConfigureAwait(false);
            File.Move(path + ".part", path + ".task", overwrite: true);
        }
    }

    /// <summary>The tasks of an earlier emulator.</summary>
    public IEnumerable<(string Id, bool IsQubo, int[] Ising, int Spins)> Load()
    {
        foreach (string path in _folder is null ? [] : Directory.GetFiles(_folder, "*.task"))
        {
            byte[] content = File.ReadAllBytes(path);
            int[] ising = MemoryMarshal.Cast<byte, int>(content.AsSpan(1)).ToArray();
            string id = Path.GetFileNameWithoutExtension(path);
            if (long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                yield return (id, content[0] == 1, ising, (int)Math.Round(Math.Sqrt(ising.Length)));
            }
        }
    }
}
