using Qama.Contract;

namespace Qama.Ising.Precision;

/// <summary>
/// Brings a QUBO into a machine's signed integers. First what is exact: decide variables, share fields among spins,
/// scale independent parts by themselves. Then rounding, half to even; coefficients that are representable are not changed.
/// </summary>
/// <remarks>Derivations: docs/cim.md, "Precision".</remarks>
public static class PrecisionReducer
{
    /// <summary>Reduces one problem. The integers do not depend on its scale: with all coefficients times a power of two they are
    /// the same. Variables without any coefficient are 0 and need no spin, so a constant problem needs no machine.</summary>
    /// <param name="problem">The problem: variables behind those of the selection are slack.</param>
    /// <param name="machine">The machine; of its spins one is auxiliary.</param>
    /// <param name="options">What is done before rounding; null for the defaults.</param>
    /// <param name="isPresent">False for variables that have to be 0; null if all are present.</param>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite, the undecided variables exceed the machine's
    /// spins, or a setting is out of range.</exception>
    public static MachineProblem Reduce(
        QuboMatrix problem, MachineLimits machine, PrecisionOptions? options = null, Func<int, bool>? isPresent = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(machine);
        options ??= new PrecisionOptions();
        CheckLimits(machine);
        options.Check();
        CheckFinite(problem);

        using var binary = new BinaryProblem(problem);
        for (int i = 0; i < problem.Size && isPresent is not null; i++)
        {
            if (!isPresent(i))
            {
                binary.Fix(i, 0);
            }
        }

        if (options.FixVariables)
        {
            Persistency.Apply(binary);
        }

        binary.FixUnused();
        List<int[]> parts = Components.Of(binary, options.ScaleComponents);
        int free = parts.Sum(p => p.Length);
        if (free > machine.Spins - 1)
        {
            throw new ArgumentException(
                $"The problem has {free} undecided variables of {problem.Size}; the machine has {machine.Spins} spins, one of them auxiliary.",
                nameof(problem));
        }

        return new ReductionBuilder(binary, machine, options).Build(parts, free);
    }

    private static void CheckLimits(MachineLimits machine)
    {
        if (machine is not { Spins: >= 2, Bits: >= Machines.LeastBits and <= Machines.MostBits })
        {
            throw new ArgumentException(
                $"Expected at least 2 spins and {Machines.LeastBits} to {Machines.MostBits} bits, got {machine.Spins} and "
                + $"{machine.Bits}.", nameof(machine));
        }
    }

    private static void CheckFinite(QuboMatrix problem)
    {
        for (int k = 0; k < problem.Coefficients.Length; k++)
        {
            if (!double.IsFinite(problem.Coefficients[k]))
            {
                throw new ArgumentException(
                    $"Expected finite coefficients, got {problem.Coefficients[k]} at [{k / problem.Size}, {k % problem.Size}].",
                    nameof(problem));
            }
        }
    }
}
