using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Qama.Cim.Emulator;

/// <summary>Accepted tasks as files, so that an emulator that was stopped knows them again.</summary>
/// <remarks>A file: "QCT2", whether it was a QUBO, spins, factor (an int each), shift (a long), then the Ising matrix;
/// little endian.</remarks>
internal sealed class TaskFolder
{
    private const int HeaderLength = 24;
    private const long LargestId = 1_000_000_000_000_000;
    private static readonly uint _format = BinaryPrimitives.ReadUInt32LittleEndian("QCT2"u8);
    private readonly string? _folder;

    /// <exception cref="IOException">The folder cannot be used.</exception>
    public TaskFolder(string? folder)
    {
        _folder = folder;
        if (folder is not null)
        {
            try
            {
                Directory.CreateDirectory(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new IOException($"The task folder {folder} cannot be used: {e.Message}", e);
            }
        }
    }

    /// <summary>Writes a task.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public async Task SaveAsync(string id, bool isQubo, IsingMatrix matrix)
    {
        if (_folder is null)
        {
            return;
        }

        var header = new byte[HeaderLength];
        BinaryPrimitives.WriteUInt32LittleEndian(header, _format);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), isQubo ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), matrix.Spins);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), matrix.Factor);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), matrix.Shift);
        string unfinished = Path.Combine(_folder, $"{Guid.NewGuid():N}.part");
        try
        {
            var file = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(header).ConfigureAwait(false);
                await file.WriteAsync(MemoryMarshal.AsBytes(matrix.Values).ToArray()).ConfigureAwait(false);
            }

            File.Move(unfinished, Path.Combine(_folder, id + ".task"), overwrite: true);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>The tasks of an earlier emulator, the oldest first; their matrices stay where they are.</summary>
    /// <param name="skipped">Told of each file that is none, and why.</param>
    public IEnumerable<(long Id, bool IsQubo, Func<IsingMatrix> Read)> Load(Action<string> skipped)
    {
        var found = new List<(long Id, bool IsQubo, Func<IsingMatrix> Read)>();
        foreach (string path in _folder is null ? [] : Directory.GetFiles(_folder, "*.task"))
        {
            try
            {
                string name = Path.GetFileNameWithoutExtension(path);
                long id = long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number <= LargestId ? number : throw new InvalidDataException("its name is no id");
                bool isQubo = Read(path, headerOnly: true).IsQubo;
                found.Add((id, isQubo, () => Read(path, headerOnly: false).Matrix));
            }
            catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                skipped($"{path}: {e.Message}");
            }
        }

        return found.OrderBy(t => t.Id);
    }

    private static (bool IsQubo, IsingMatrix Matrix) Read(string path, bool headerOnly)
    {
        // Pipes and devices have no length, and are not opened.
        if (new FileInfo(path) is { LinkTarget: not null } or { Length: < HeaderLength })
        {
            throw new InvalidDataException("it is no task, or cut off");
        }

        using FileStream file = File.OpenRead(path);
        var header = new byte[HeaderLength];
        file.ReadExactly(header);
        int spins = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(8));
        int factor = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(12));
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != _format || spins is < 1 or > UploadedMatrix.LargestSize + 1
            || factor is not (1 or 8)
            || file.Length != HeaderLength + 4L * spins * spins)
        {
            throw new InvalidDataException("it is no task, or cut off");
        }

        int[] values = ArrayPool<int>.Shared.Rent(headerOnly ? 0 : spins * spins);
        var matrix = new IsingMatrix(values, spins, factor, BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16)));
        if (!headerOnly)
        {
            file.ReadExactly(MemoryMarshal.AsBytes(matrix.Values));
        }

        return headerOnly || matrix.Problem() is not { } problem
            ? (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) == 1, matrix) : throw new InvalidDataException($"{path}: {problem}");
    }
}
