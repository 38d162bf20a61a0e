using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Qama.Ising.Precision;

/// <summary>A coefficient of the machine's matrix, counted in both orders.</summary>
/// <param name="I">A spin.</param>
/// <param name="J">A later spin.</param>
/// <param name="Value">M[I,J] = M[J,I], not 0.</param>
public readonly record struct MachineTerm(int I, int J, int Value);

/// <summary>
/// A problem in a coherent Ising machine's integers: H(σ) = −σᵀMσ, minimised, M symmetric with zero diagonal, both
/// orders of a pair counted. First the undecided variables, then field spins; the index <see cref="SpinCount"/> is the
/// auxiliary spin, which several problems may have in common.
/// </summary>
/// <remarks>The client sends these integers, and the simulated machine searches on them. Rounding changes the problem:
/// energies are to be computed from the original. 12 bytes for each pair of spins that couple.</remarks>
public sealed class MachineProblem
{
    private readonly sbyte[] _values;
    private readonly int[] _variables;
    private readonly int[] _fieldSpinOf;

    internal MachineProblem(
        sbyte[] values, int[] variables, int fieldSpins, MachineTerm[] terms, PrecisionReport report, int[] fieldSpinOf)
    {
        _values = values;
        _variables = variables;
        SpinCount = variables.Length + fieldSpins;
        Terms = ImmutableCollectionsMarshal.AsImmutableArray(terms);
        Report = report;
        _fieldSpinOf = fieldSpinOf;
    }

    /// <summary>Spins besides the auxiliary one; 0 where every variable was decided.</summary>
    public int SpinCount { get; }

    /// <summary>Binary variables of the original problem.</summary>
    public int VariableCount => _values.Length;

    /// <summary>The integer coefficients.</summary>
    public ImmutableArray<MachineTerm> Terms { get; }

    /// <summary>What was done and lost.</summary>
    public PrecisionReport Report { get; }

    /// <summary>The variables' values that a state of the machine means.</summary>
    /// <param name="spins"><see cref="SpinCount"/> values, each −1 or +1.</param>
    /// <param name="auxiliary">The auxiliary spin, −1 or +1.</param>
    /// <param name="state">Receives the first of <see cref="VariableCount"/> values, each 0 or 1: as many as it has
    /// room for.</param>
    /// <exception cref="ArgumentException">A length is wrong, or a value is not ±1.</exception>
    /// <remarks>Where field spins disagree (no optimum, but machines are not exact) the majority of a part's decides
    /// what is up.</remarks>
    public void Decode(ReadOnlySpan<sbyte> spins, sbyte auxiliary, Span<byte> state)
    {
        if (spins.Length != SpinCount || state.Length > VariableCount)
        {
            throw new ArgumentException(
                $"Expected {SpinCount} spins and at most {VariableCount} variables, got {spins.Length} and {state.Length}.",
                nameof(spins));
        }

        if (spins.IndexOfAnyExcept((sbyte)-1, (sbyte)1) >= 0 || auxiliary is not (1 or -1))
        {
            throw new ArgumentException("Expected spins of -1 or +1.", nameof(spins));
        }

        int parts = 1;
        foreach (int part in _fieldSpinOf)
        {
            parts = Math.Max(parts, part + 1);
        }

        Span<int> up = parts <= 64 ? stackalloc int[parts] : new int[parts];
        up.Fill(auxiliary);
        for (int f = _variables.Length; f < spins.Length; f++)
        {
            up[_fieldSpinOf[f]] += spins[f];
        }

        for (int i = 0; i < state.Length; i++)
        {
            state[i] = (byte)Math.Max((sbyte)0, _values[i]);
        }

        for (int v = 0; v < _variables.Length; v++)
        {
            if (_variables[v] >= state.Length)
            {
                continue;
            }

            int majority = up[_fieldSpinOf[v]];
            state[_variables[v]] = (byte)(spins[v] == (majority == 0 ? auxiliary : Math.Sign(majority)) ? 1 : 0);
        }
    }

    /// <summary>What the machine minimises, as an Ising problem of <see cref="SpinCount"/> + 1 spins without fields, in
    /// the integers' units: J = −2M.</summary>
    public IsingProblem ToIsing()
    {
        var ising = new IsingProblem(SpinCount + 1);
        foreach (MachineTerm term in Terms)
        {
            ising.AddCoupling(term.I, term.J, -2.0 * term.Value);
        }

        return ising;
    }
}
