using System;
using Qama.Generators.Energy;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Machine;

/// <summary>
/// What one term adds to the Ising coefficients, x = (1 + σ)/2, of the strongest bits, c = 2^(B−1)/(2^B − 1): a product q x x' gives
/// q/4 to the pair and to each of the two fields, q x gives q/2 to the field.
/// </summary>
/// <param name="Name">The word it was declared with.</param>
/// <param name="Origin">Where it was declared.</param>
internal sealed record TermFootprint(string Name, PartOrigin Origin)
{
    private static readonly Interval _none = Interval.Point(0);

    /// <summary>Coefficient of two tokens of one head.</summary>
    public Interval HeadPair { get; init; } = _none;

    /// <summary>Coefficient of two heads at one token.</summary>
    public Interval TokenPair { get; init; } = _none;

    /// <summary>Field of a selection bit.</summary>
    public Interval Field { get; init; } = _none;

    /// <summary>The largest coefficient at a slack bit: no other term has any.</summary>
    public double Slack { get; init; }

    /// <summary>Whether the term is about single tokens, so that fields are what it says.</summary>
    public bool IsField { get; init; }

    /// <summary>The hard constraint, where it is one.</summary>
    public ModelConstraint? Constraint { get; init; }

    /// <summary>What the term says about selections, at its strongest; fields that only come with pairs do not count.</summary>
    public double Strength => IsField ? Field.Magnitude : Math.Max(HeadPair.Magnitude, TokenPair.Magnitude);

    /// <summary>The largest coefficient of all.</summary>
    public double Largest =>
        Math.Max(Math.Max(HeadPair.Magnitude, TokenPair.Magnitude), Math.Max(Field.Magnitude, Slack));
}
