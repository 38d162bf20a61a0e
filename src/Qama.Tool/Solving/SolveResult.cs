namespace Qama.Tool.Solving;

/// <summary>What to search with, and how long.</summary>
/// <param name="Sampler">One of <see cref="Samplers.Names"/>.</param>
/// <param name="Sweeps">Sweeps of a read; null for the default, or with <paramref name="Seconds"/> for more and
/// more.</param>
/// <param name="Seconds">Reads are repeated for so long; null for <paramref name="Reads"/> of them.</param>
/// <param name="Reads">Number of reads; with <paramref name="Seconds"/> the number that is kept.</param>
/// <param name="Seed">What random numbers depend on.</param>
/// <param name="Threads">Threads; 0 for all processors.</param>
internal sealed record SolveSettings(string Sampler, int? Sweeps, double? Seconds, int Reads, int Seed, int Threads)
{
    /// <summary>Sweeps of a read where nothing is said.</summary>
    public const int UsualSweeps = 1000;

    /// <summary>Sweeps of every read; null where they differ, and of what has none.</summary>
    public int? SweepsOfRead =>
        Sweeps ?? (Seconds is null && Samplers.Names.Contains(Sampler) && Sampler != Samplers.Exact ? UsualSweeps : null);
}

/// <summary>A state that was found.</summary>
/// <param name="Read">The read.</param>
/// <param name="Energy">Its energy in double, of the file's coefficients.</param>
/// <param name="State">0 and 1, or −1 and +1.</param>
/// <param name="Seconds">When the read ended, since the reads began.</param>
internal sealed record FoundState(int Read, double Energy, sbyte[] State, double Seconds);

/// <summary>What a search found.</summary>
/// <param name="Settings">The settings.</param>
/// <param name="States">States in order of rising energy, at most as many as reads are kept; none where it was
/// cancelled before anything was found.</param>
/// <param name="Reads">Reads that ended.</param>
/// <param name="ReadsAtBest">How many of them ended at the lowest energy.</param>
/// <param name="Race">Lower and lower energies, and when they were found.</param>
/// <param name="Seconds">Time of the reads, without what is set up before them.</param>
/// <param name="IsCancelled">Whether it was ended from outside.</param>
/// <param name="IsFirstLook">Whether no read ended, and the state is that of a short one before them.</param>
internal sealed record SolveResult(
    SolveSettings Settings, IReadOnlyList<FoundState> States, int Reads, int ReadsAtBest,
    IReadOnlyList<(double Seconds, double Energy)> Race,
    double Seconds, bool IsCancelled, bool IsFirstLook)
{
    /// <summary>The best state, or null.</summary>
    public FoundState? Best => States.Count > 0 ? States[0] : null;
}
