using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary>All states of small problems.</summary>
internal static class Enumeration
{
    /// <summary>States in the problem's variables; bit i of the number is 1 or up.</summary>
    public static sbyte[] State(PlainProblem problem, int number) =>
        [.. Enumerable.Range(0, problem.Size).Select(i => (number >> i & 1) != 0 ? (sbyte)1 : (sbyte)(problem.Kind == VariableKind.Binary ? 0 : -1))];

    /// <summary>Energies of all states, in the order of their numbers.</summary>
    public static double[] Energies(PlainProblem problem) =>
        [.. Enumerable.Range(0, 1 << problem.Size).Select(number => problem.Energy(State(problem, number)))];
}
