using Qama.Ising;
using Qama.Model;
using Qama.Sampling;

namespace Qama.Examples.Vision;

/// <summary>
/// Asks a machine without the bounds on what a head selects, and with them only for problems whose answer breaks one. Exact: a
/// minimiser of the problem without a bound that keeps the bound is a minimiser of the problem with it. A sufficient penalty is so
/// large that rounding it to few bits leaves little of the couplings.
/// </summary>
/// <param name="inner">The machine.</param>
internal sealed class RelaxedSampler(ISampler inner) : ISampler
{
    private const int LeastBound = 3; // the states that the coefficients are read at have one selected token

    public string Name => inner.Name + ", bounds where needed";

    /// <summary>Problems so far, and those asked again with their bounds.</summary>
    public (int Problems, int AskedAgain) Count { get; private set; }

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

        int[] all = [.. Enumerable.Range(0, problems.Count)];
        await AskAsync(problems, all, p => WithoutBounds(problems, p), result, key, cancellationToken);
        int[] broken = [.. all.Where(p => !problems.IsFeasible(p, result.State(p)))];
        if (broken.Length > 0)
        {
            await AskAsync(problems, broken, problems.ToQubo, result, key, cancellationToken);
        }

        Count = (Count.Problems + all.Length, Count.AskedAgain + broken.Length);
    }

    private async Task AskAsync(
        ProblemBatch problems, int[] which, Func<int, QuboMatrix> matrix, SampleSet result, SamplingKey key, CancellationToken stop)
    {
        var batch = new QuboProblemBatch([.. which.Select(matrix)]);
        var found = new SampleSet(which.Length, 1, batch.VariableCount);
        await inner.SampleAsync(batch, found, key, stop);
        for (int k = 0; k < which.Length; k++)
        {
            found.State(k)[..problems.VariableCount].CopyTo(result.State(which[k]));
            result.Energy(which[k]) = problems.Energy(which[k], result.State(which[k]));
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
