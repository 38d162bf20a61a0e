using System.Globalization;

namespace Qama.Ising.Precision;

/// <summary>What reduction to the machine's integers did to one problem.</summary>
public sealed record PrecisionReport
{
    /// <summary>Binary variables of the problem, slack included.</summary>
    public required int Variables { get; init; }

    /// <summary>Variables that were decided exactly and removed.</summary>
    public required int FixedVariables { get; init; }

    /// <summary>Spins besides the common auxiliary one: undecided variables, and field spins.</summary>
    public required int Spins { get; init; }

    /// <summary>Field spins among them.</summary>
    public required int FieldSpins { get; init; }

    /// <summary>Parts that do not interact, each with its own scale.</summary>
    public required int Components { get; init; }

    /// <summary>Integers per unit of the machine form's coefficient; the smallest of the components'. 0 without any.</summary>
    public required double Scale { get; init; }

    /// <summary>Whether every coefficient is represented exactly.</summary>
    public required bool IsExact { get; init; }

    /// <summary>Largest |M − integer/scale|, in units of the machine form's coefficients.</summary>
    public required double MaxError { get; init; }

    /// <summary>Mean of the same over the non-zero coefficients (each pair and each field once).</summary>
    public required double MeanError { get; init; }

    /// <summary>Non-zero coefficients: pairs and fields of undecided variables.</summary>
    public required int Terms { get; init; }

    /// <summary>The number of non-zero coefficients that became 0.</summary>
    public required int RoundedToZero { get; init; }

    /// <summary>The report as one line.</summary>
    public override string ToString()
    {
        string what = $"{FixedVariables} of {Variables} variables decided, {Spins} spins ({FieldSpins} for fields), {Components} parts";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, scale {Scale:G4}, error max {MaxError:G3} mean {MeanError:G3}, {RoundedToZero} of {Terms} terms rounded to zero");
    }
}
