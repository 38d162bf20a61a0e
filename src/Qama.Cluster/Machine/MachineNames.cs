namespace Qama.Cluster.Machine;

/// <summary>Names of callers.</summary>
internal static class MachineNames
{
    /// <exception cref="ArgumentException">It is no name of a caller.</exception>
    public static void CheckCaller(string caller)
    {
        if (caller is not { Length: >= 1 and <= 64 } || caller.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
        {
            throw new ArgumentException("Expected a caller's name of 1 to 64 characters of plain text.", nameof(caller));
        }
    }
}
