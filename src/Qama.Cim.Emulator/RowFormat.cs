namespace Qama.Cim.Emulator;

/// <summary>The format in which solutions of a QUBO are written, of which the vendor's documentation says nothing.</summary>
public enum RowFormat
{
    /// <summary>Lists of 0 and 1, one per variable.</summary>
    Bits = 0,

    /// <summary>Lists of −1 and 1, the auxiliary spin last.</summary>
    Spins = 1,

    /// <summary>Lists of 1.0 and −1.0.</summary>
    Reals = 2,

    /// <summary>Texts such as "[1, -1]".</summary>
    Text = 3,
}
