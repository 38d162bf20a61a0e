using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tool.Formats;

/// <summary>What the variables of a problem are.</summary>
internal enum VariableKind
{
    /// <summary>0 or 1.</summary>
    Binary,

    /// <summary>−1 or +1.</summary>
    Spin,
}

/// <summary>What a file's author looks for.</summary>
internal enum Objective
{
    /// <summary>The lowest energy.</summary>
    Least,

    /// <summary>The largest value, minus the energy.</summary>
    Largest,

    /// <summary>The largest cut of a graph, minus the energy.</summary>
    Cut,
}

/// <summary>
/// A problem as no format in particular has it: E = Σ_i a[i] s_i + Σ_{i&lt;j} a[i,j] s_i s_j + Offset, minimised, s
/// binary or spins, coefficients in double.
/// </summary>
internal sealed class PlainProblem
{
    /// <summary>Most variables.</summary>
    public const int LargestSize = 1 << 24;

    /// <summary>Made by a <see cref="TermList"/>.</summary>
    public PlainProblem(VariableKind kind, int size, QuadraticTerm[] terms, double offset)
    {
        (Kind, Size, Terms, Offset) = (kind, size, terms, offset);
    }

    /// <summary>What the variables are.</summary>
    public VariableKind Kind { get; }

    /// <summary>Number of variables.</summary>
    public int Size { get; }

    /// <summary>Coefficients that are not 0, row by row, each pair once with I below J.</summary>
    public IReadOnlyList<QuadraticTerm> Terms { get; }

    /// <summary>The constant part of the energy.</summary>
    public double Offset { get; }

    /// <summary>What the file's author looks for.</summary>
    public Objective Objective { get; init; }

    /// <summary>Names of the variables as JSON values; null where the file has none.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>What errors call the problem: its file.</summary>
    public string Source { get; init; } = "the problem";

    /// <summary>Coefficients of pairs.</summary>
    public int PairCount => Terms.Count - LinearCount;

    /// <summary>Coefficients of single variables.</summary>
    public int LinearCount => Terms.Count(t => t.I == t.J);

    /// <summary>The share of all pairs that interact.</summary>
    public double Density => Size < 2 ? 0 : PairCount / (0.5 * Size * (Size - 1.0));

    /// <summary>dimod's word for the kind.</summary>
    public string Vartype => Kind == VariableKind.Binary ? ProblemHeader.Binary : ProblemHeader.Spin;

    /// <summary>The energy of a state, summed in double in the order of the terms.</summary>
    /// <param name="state">As many values as there are variables, 0 and 1 or −1 and +1.</param>
    public double Energy(ReadOnlySpan<sbyte> state)
    {
        double energy = 0;
        foreach (QuadraticTerm term in Terms)
        {
            energy += term.Value * (term.I == term.J ? state[term.I] : state[term.I] * state[term.J]);
        }

        return energy + Offset;
    }

    /// <summary>An energy as the file's author would state it; and back.</summary>
    public double Value(double energy) => Objective == Objective.Least ? energy : 0 - energy;

    /// <summary>Refuses coefficients of which energies would not be finite, in bits or in spins.</summary>
    /// <exception cref="InvalidDataException">There are such; the message has the file and the largest of them.</exception>
    public void RequireFiniteEnergies()
    {
        // Four times a coupling of spins is one of bits; no energy is larger than the sum of all sizes.
        if (!double.IsFinite(Math.Abs(Offset) + Terms.Sum(t => 4 * Math.Abs(t.Value))))
        {
            double largest = Terms.Select(t => Math.Abs(t.Value)).Append(Math.Abs(Offset)).Max();
            throw new InvalidDataException(
                $"{Source}: its coefficients are too large: energies would be no finite numbers (the largest coefficient in "
                + $"{ProblemFormat.Word(Kind)} variables is {TextLines.Format(largest)}). Divide all of them by the same number.");
        }
    }

    /// <summary>The problem over variables of a kind, x = (1 + σ)/2: states that correspond have equal
    /// energies.</summary>
    /// <exception cref="InvalidDataException">Coefficients are so large that a sum of them is not finite.</exception>
    public PlainProblem As(VariableKind kind)
    {
        if (kind == Kind)
        {
            return this;
        }

        RequireFiniteEnergies();
        var list = new TermList(Size, 3 * Terms.Count);
        double offset = Offset;
        foreach ((int i, int j, double value) in Terms)
        {
            if (kind == VariableKind.Binary)
            {
                // J σσ' = J (4xx' − 2x − 2x' + 1);  h σ = h (2x − 1).
                offset += i == j ? -value : value;
                list.Add(i, j, (i == j ? 2 : 4) * value);
                Share(i, j, -2 * value);
            }
            else
            {
                // c x x' = c/4 (1 + σ + σ' + σσ');  c x = c/2 (1 + σ).
                double part = value * (i == j ? 0.5 : 0.25);
                offset += part;
                list.Add(i, j, part);
                Share(i, j, part);
            }
        }

        return list.Build(kind, offset, Source, Objective, Labels);

        void Share(int i, int j, double value)
        {
            if (i != j)
            {
                list.Add(i, i, value);
                list.Add(j, j, value);
            }
        }
    }
}
