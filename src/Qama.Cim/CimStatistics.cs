namespace Qama.Cim;

/// <summary>What a sampler has done so far.</summary>
public sealed record CimStatistics
{
    /// <summary>Problems sampled.</summary>
    public long Problems { get; init; }

    /// <summary>Problems of which every variable was decided exactly: they need no machine.</summary>
    public long ProblemsWithoutTask { get; init; }

    /// <summary>Tasks that had a result.</summary>
    public long Tasks { get; init; }

    /// <summary>Tasks among them that the journal answered.</summary>
    public long TasksReused { get; init; }

    /// <summary>Submissions.</summary>
    public long Submissions { get; init; }

    /// <summary>Tasks saved by packing: problems that needed a machine, less the tasks.</summary>
    public long TasksSaved { get; init; }

    /// <summary>Variables of all problems.</summary>
    public long Variables { get; init; }

    /// <summary>Variables that were decided exactly.</summary>
    public long FixedVariables { get; init; }

    /// <summary>Coefficients of what remained.</summary>
    public long Terms { get; init; }

    /// <summary>Coefficients that were rounded to zero.</summary>
    public long TermsRoundedToZero { get; init; }
}
