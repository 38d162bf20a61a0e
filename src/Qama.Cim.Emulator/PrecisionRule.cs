namespace Qama.Cim.Emulator;

/// <summary>The matrix that has to consist of signed integers of the machine's width.</summary>
public enum PrecisionRule
{
    /// <summary>The Ising matrix, after conversion where a QUBO was uploaded.</summary>
    Ising = 0,

    /// <summary>What was uploaded, whichever it is.</summary>
    Uploaded = 1,

    /// <summary>None.</summary>
    None = 2,
}
