using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Examples.Vision;

/// <summary>
/// Asks a machine without the bounds on what a head selects, and repairs answers that break one: of a head that selects too much,
/// the token whose loss costs the least energy goes, until the bound is kept. A sufficient penalty is so large that rounding it to
/// few bits leaves little of the couplings; an answer that keeps the bounds by itself is as good with them as without.
/// </summary>
/// <param name="inner">The machine.</param>
internal sealed class RelaxedSampler(ISampler inner) : ISampler
{
    private const int LeastBound = 3; // the states that the coefficients are read at have one selected token

    public string Name => inner.Name + ", bounds repaired";

    /// <summary>Problems so far, and those whose answer was repaired.</summary>
    public (int Problems, int Repaired) Count { get; private set; }

    /// <summary>Whether a model's constraints are of the kind that this works for: upper bounds, at least one.</summary>
    public static bool Relaxes(ModelDescriptor model) =>
        model.Constraints.Count > 0 && model.Constraints.All(c => c is { Kind: ConstraintKind.AtMost, Bound: >= LeastBound });

    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        if (result.ReadCount != 1)
        {
            throw new NotSupportedException($"Expected one read per problem, got {result.ReadCount}.");
        }

        QuboMatrix[] relaxed = [.. Enumerable.Range(0, problems.Count).Select(p => WithoutBounds(problems, p))];
        var found = new SampleSet(relaxed.Length, 1, problems.VariableCount);
        await inner.SampleAsync(new QuboProblemBatch(relaxed), found, key, cancellationToken);
        int repaired = 0;
        for (int p = 0; p < relaxed.Length; p++)
        {
            Span<byte> state = result.State(p);
            found.State(p).CopyTo(state);
            repaired += problems.IsFeasible(p, state) ? 0 : 1;
            Repair(problems, p, state);
            result.Energy(p) = problems.Energy(p, state);
        }

        Count = (Count.Problems + relaxed.Length, Count.Repaired + repaired);
    }

    // Where bounds are broken their penalty outweighs everything else: what lowers the energy most is a token of such a head.
    private static void Repair(ProblemBatch problems, int problem, Span<byte> state)
    {
        (var numbers, var slope) = (new float[state.Length], new float[state.Length]);
        while (!problems.IsFeasible(problem, state))
        {
            for (int i = 0; i < state.Length; i++)
            {
                numbers[i] = state[i];
            }

            problems.Slope(problem, numbers, slope);
            int worst = -1;
            for (int i = 0; i < state.Length; i++)
            {
                worst = state[i] == 1 && (worst < 0 || slope[i] > slope[worst]) ? i : worst;
            }

            state[worst] = 0;
        }
    }

    /// <summary>The coefficients without the bounds: below a bound its penalty is zero, so the energy's slopes at the empty
    /// selection, and where one variable is on, tell all of them.</summary>
    internal static QuboMatrix WithoutBounds(ProblemBatch problems, int problem)
    {
        int n = problems.VariableCount;
        var qubo = new QuboMatrix(n);
        var state = new float[n];
        (var empty, var slope) = (new float[n], new float[n]);
        problems.Slope(problem, state, empty);
        for (int i = 0; i < n; i++)
        {
            qubo.AddLinear(i, empty[i]);
            state[i] = 1;
            problems.Slope(problem, state, slope);
            state[i] = 0;
            for (int j = 0; j < i; j++)
            {
                qubo.AddPair(i, j, (double)slope[j] - empty[j]);
            }
        }

        return qubo;
    }
}
