using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Qama.Cim.Packing;

namespace Qama.Cim.Transport;

/// <summary>What identifies and describes a task of the machine; not its matrix.</summary>
public sealed record MachineTask
{
    /// <summary>SHA-256 of everything that determines the answer: matrix, form, machine, repetition; 64 hexadecimal digits.</summary>
    public required string Key { get; init; }

    /// <summary>The name under which the machine lists the task.</summary>
    public required string Name { get; init; }

    /// <summary>The machine's name.</summary>
    public required string Machine { get; init; }

    /// <summary>The form of the matrix.</summary>
    public required UploadForm Form { get; init; }

    /// <summary>Spins, the auxiliary last one included.</summary>
    public required int SpinCount { get; init; }

    /// <summary>Rows of the matrix.</summary>
    public int MatrixSize => Form == UploadForm.Ising ? SpinCount : SpinCount - 1;

    /// <summary>Describes a packed task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="machine">The machine.</param>
    /// <param name="form">The form in which it is uploaded.</param>
    /// <param name="repetition">Tells repetitions of the same problem apart.</param>
    /// <param name="prefix">Start of the task's name.</param>
    /// <exception cref="ArgumentNullException">The task or the machine is null.</exception>
    public static MachineTask Of(PackedTask task, CimMachine machine, UploadForm form, int repetition = 0, string prefix = "qama")
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(machine);
        int n = task.MatrixSize(form);
        int[] matrix = ArrayPool<int>.Shared.Rent(n * n);
        try
        {
            Span<int> content = matrix.AsSpan(0, n * n);
            task.WriteMatrix(form, machine.Limits.Bits, content);
            string key = KeyOf(content, machine.Name, machine.Limits.Bits, form, task.SpinCount, repetition);
            return new MachineTask
            {
                Key = key, Name = $"{prefix}-{key[..12]}", Machine = machine.Name, Form = form, SpinCount = task.SpinCount,
            };
        }
        finally
        {
            ArrayPool<int>.Shared.Return(matrix);
        }
    }

    /// <summary>What is wrong with it, or null.</summary>
    internal string? Problem() =>
        Key?.Length != 64 ? "its key is no SHA-256"
        : Name is not { Length: >= 1 and <= 100 } || Machine is not { Length: >= 1 and <= 64 } || (Name + Machine).Any(char.IsControl)
            ? "a name is empty, too long or no plain text"
        : !Enum.IsDefined(Form) ? "its form is none"
        : SpinCount is < 2 or > CimMachine.MostSpins ? $"it has not 2 to {CimMachine.MostSpins} spins" : null;

    /// <summary>The key of a task with a matrix.</summary>
    internal static string KeyOf(ReadOnlySpan<int> matrix, string machine, int bits, UploadForm form, int spins, int repetition)
    {
        string header = $"qama-cim-1|{machine}|{bits}|{form}|{spins}|{repetition}|";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(header));
        hash.AppendData(MemoryMarshal.AsBytes(matrix));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
