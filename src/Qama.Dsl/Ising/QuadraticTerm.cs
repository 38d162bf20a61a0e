namespace Qama.Ising;

/// <summary>One term of an energy: <paramref name="Value"/> times the product of two variables, or of two spins; with
/// <paramref name="I"/> = <paramref name="J"/> times the variable or spin itself.</summary>
/// <param name="I">Index of one, from 0.</param>
/// <param name="J">Index of the other, in any order.</param>
/// <param name="Value">In units of energy.</param>
public readonly record struct QuadraticTerm(int I, int J, double Value);
