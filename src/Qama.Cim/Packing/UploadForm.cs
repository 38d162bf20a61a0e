namespace Qama.Cim.Packing;

/// <summary>The form in which a problem is given to the machine.</summary>
public enum UploadForm
{
    /// <summary>The integer QUBO that converts to exactly the 8-bit Ising matrix. Its own integers are wider than 8 bits. What the
    /// known client of the machine's web API sends.</summary>
    QuboOfIsing = 0,

    /// <summary>The 8-bit Ising matrix with its auxiliary last spin.</summary>
    Ising = 1,

    /// <summary>A QUBO whose own integers have the machine's width: for a machine that checks what is uploaded. Each problem's QUBO is
    /// rounded once more, so it is less precise.</summary>
    RoundedQubo = 2,
}
