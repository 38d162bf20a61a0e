using Qama.Generators.Energy;

namespace Qama.Generators.Emission.Terms;

/// <summary>Pieces of formulas for people.</summary>
internal static class Formulas
{
    /// <summary>A term's weight: the number, or w where it is computed for each problem.</summary>
    public static string Weight(TermWriter term) => term.Weight is { } weight ? MathNotation.Write(weight) : "w";

    /// <summary>−w Σ…, without a factor of 1.</summary>
    public static string Reward(double weight) => weight == 1 ? "−" : "−" + MathNotation.Write(weight) + " ";
}
