using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim;

/// <summary>
/// Asks a machine without the upper bounds on what a head selects, and repairs answers that break one: the selected token whose loss
/// costs the least energy goes, until the bounds are kept. A penalty that is large enough to hold a bound leaves little of the
/// couplings when all is rounded to few bits; an answer that keeps the bounds by itself is as good with them as without.
/// </summary>
/// <remarks>
/// For models of which <see cref="CanRelax"/> says so. What the machine sees is read off the energy's slopes at selections of at most
/// one token, of which there are as many as variables: time and memory grow as their square, or faster. Not for several threads.
/// </remarks>
public sealed class RelaxedSampler : ISampler
{
    private const double LeastBound = 3; // the coefficients are read off where at most one token is selected, and slopes see one more

    private readonly ISampler _inner;

    /// <summary>Puts the repair around a machine.</summary>
    /// <param name="inner">The machine, or another sampler.</param>
    public RelaxedSampler(ISampler inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
    }

    /// <inheritdoc/>
    public string Name => _inner.Name + ", bounds repaired";

    /// <summary>Answers so far, of all problems and reads.</summary>
    public long Answers { get; private set; }

    /// <summary>Answers so far that broke a bound and were repaired.</summary>
    public long Repaired { get; private set; }

    /// <summary>Whether a model's hard constraints are of the kind that this works for: upper bounds on what heads select, at least one
    /// of them and none below 3.</summary>
    /// <param name="model">The model.</param>
    public static bool CanRelax(ModelDescriptor model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Constraints.Count > 0
            && model.Constraints.All(c => c is { Kind: ConstraintKind.AtMost, Bound: >= LeastBound });
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">See <see cref="ISampler.SampleAsync"/>; or a problem has constraints that are not upper bounds.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for: repaired answers have none.</exception>
    public async ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(result);
        problems.CheckBeforeSampling(result);
        if (result.Temperature is not null)
        {
            throw new NotSupportedException("Answers that are repaired are not drawn at a given temperature.");
        }

        if (problems.Count == 0)
        {
            return;
        }

        var relaxed = new QuboProblemBatch([.. Enumerable.Range(0, problems.Count).Select(p => WithoutBounds(problems, p))]);
        var found = new SampleSet(problems.Count, result.ReadCount, problems.VariableCount);
        await _inner.SampleAsync(relaxed, found, key, cancellationToken).ConfigureAwait(false);
        for (int p = 0; p < problems.Count; p++)
        {
            for (int read = 0; read < result.ReadCount; read++)
            {
                Take(problems, p, found.State(p, read), result.State(p, read));
                result.Energy(p, read) = problems.Energy(p, result.State(p, read));
            }

            result.SortReads(p);
        }

        (result.SamplingTime, result.Provenance) = (found.SamplingTime, $"{found.Provenance}, bounds repaired");
    }

    /// <summary>The coefficients without the bounds: below a bound its penalty is zero, so the energy's slopes at the empty
    /// selection, and where one variable is on, tell all of them. Variables of absent tokens have none.</summary>
    internal static QuboMatrix WithoutBounds(ProblemBatch problems, int problem)
    {
        int n = problems.VariableCount;
        var qubo = new QuboMatrix(n);
        (var state, var empty, var slope) = (new float[n], new float[n], new float[n]);
        problems.Slope(problem, state, empty);
        for (int i = 0; i < n; i++)
        {
            if (!problems.IsPresent(problem, i))
            {
                continue;
            }

            qubo.AddLinear(i, empty[i]);
            state[i] = 1;
            problems.Slope(problem, state, slope);
            state[i] = 0;
            for (int j = 0; j < i; j++)
            {
                if (problems.IsPresent(problem, j))
                {
                    qubo.AddPair(i, j, (double)slope[j] - empty[j]);
                }
            }
        }

        return qubo;
    }

    private void Take(ProblemBatch problems, int problem, ReadOnlySpan<byte> answer, Span<byte> state)
    {
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = problems.IsPresent(problem, i) ? answer[i] : (byte)0;
        }

        Answers++;
        Repaired += problems.IsFeasible(problem, state) ? 0 : 1;
        Repair(problems, problem, state);
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

            if (worst < 0)
            {
                throw new ArgumentException("Expected problems whose constraints are upper bounds: the empty selection breaks one.", nameof(problems));
            }

            state[worst] = 0;
        }
    }
}
