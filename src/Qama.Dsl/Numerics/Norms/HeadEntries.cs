namespace Qama.Numerics.Norms;

/// <summary>The entries of a sample's memory that belong to a head: rows of one length, at one distance from each other.</summary>
internal readonly ref struct HeadEntries<T>
    where T : unmanaged
{
    /// <summary>Distance between the first rows of two heads.</summary>
    public required int HeadPitch { get; init; }

    /// <summary>Distance between two rows of a head.</summary>
    public required int RowPitch { get; init; }

    /// <summary>Rows of a head.</summary>
    public required int Rows { get; init; }

    /// <summary>Entries of a row.</summary>
    public required int Length { get; init; }

    /// <summary>0 for entries left out, [rows, <see cref="RowPitch"/>]; empty for none left out.</summary>
    public ReadOnlySpan<T> Included { get; init; }

    /// <summary>Rows of memory that is the head's alone, those without entries and their padding included; 0 where rows of the heads take
    /// turns in one memory. Pitches do not say it: with one head they are equal either way.</summary>
    public required int OwnRows { get; init; }

    /// <summary>Whether what is no entry, up to the next head's first row, is the head's own.</summary>
    public bool IsOnePiece => OwnRows > 0;

    /// <summary>Rows that a pass writes: those without entries too where they are the head's own.</summary>
    public int AllRows => Math.Max(OwnRows, Rows);
}
