using System.Text.Json.Nodes;
using Qama.Annealing;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Weighing;

namespace Qama.Tool.Serving;

/// <summary>What a machine's few bits would change: the problem is rounded, searched, and what is found looked at in the problem as it
/// was.</summary>
internal static class RoundedProblem
{
    private const int LargestSize = 1024;
    private const int LargestEnumerated = 20;

    // What is lost should be the rounding's: with slack and field spins the problem is harder than before.
    private const int LeastSweeps = 1000;

    /// <summary>Rounds and searches.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="model">Its descriptor.</param>
    /// <param name="bits">Bits of a signed integer.</param>
    /// <param name="best">The best state known, which changes are counted from, and its energy.</param>
    /// <param name="sweeps">Sweeps of simulated annealing where there are too many states to visit; 1,000 at least are made.</param>
    /// <param name="reads">Its reads.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>The report; null where the problem is too large for a look at once.</returns>
    public static async Task<JsonObject?> DescribeAsync(
        IWeighedProblem problem, ModelDescriptor model, int bits, (byte[] State, double Energy) best, int sweeps, int reads,
        long seed, CancellationToken stop)
    {
        int size = model.VariableCount + problem.Batch.SlackCount;
        if (size > LargestSize)
        {
            return null;
        }

        sweeps = Math.Max(LeastSweeps, sweeps);

        // Room for all spins that sharing fields may take.
        MachineProblem machine = problem.Batch.ToMachine(0, new MachineLimits(size + new PrecisionOptions().MaxFieldSpins + 1, bits));
        stop.ThrowIfCancellationRequested();
        var state = new byte[model.VariableCount];
        string searched = await SearchAsync(machine, state, sweeps, reads, seed, stop).ConfigureAwait(false);
        PrecisionReport report = machine.Report;
        return new JsonObject
        {
            ["bits"] = bits, ["exact"] = report.IsExact, ["spins"] = report.Spins, ["fieldSpins"] = report.FieldSpins,
            ["decided"] = report.FixedVariables, ["terms"] = report.Terms, ["roundedToZero"] = report.RoundedToZero,
            ["scale"] = report.Scale, ["maxError"] = report.MaxError, ["meanError"] = report.MeanError, ["searchedBy"] = searched,
            ["sweeps"] = sweeps, ["reads"] = reads,
            ["energy"] = problem.Measure(state).Sum(), ["best"] = best.Energy,
            ["changed"] = state.Zip(best.State).Select((x, v) => (Differs: x.First != x.Second, Token: v / model.SelectionBits))
                .Where(x => x.Differs).Select(x => x.Token).Distinct().Count(),
            ["state"] = SolveAnswer.Bits(state),
        };
    }

    private static async Task<string> SearchAsync(
        MachineProblem machine, byte[] state, int sweeps, int reads, long seed, CancellationToken stop)
    {
        if (machine.SpinCount == 0)
        {
            machine.Decode([], 1, state);
            return "decided";
        }

        int variables = machine.SpinCount - machine.Report.FieldSpins;
        var batch = new QuboProblemBatch(WithFields(machine, variables).ToQubo());
        bool all = batch.VariableCount <= LargestEnumerated;
        var samples = new SampleSet(1, all ? 1 : reads, batch.VariableCount);
        ISampler chosen = all ? new ExactSampler() : new SimulatedAnnealingSampler { Sweeps = sweeps };
        await chosen.SampleAsync(batch, samples, new SamplingKey(seed, 1), stop).ConfigureAwait(false);
        samples.SortReads(0);
        sbyte[] spins =
        [
            .. samples.State(0).ToArray().Select(x => (sbyte)((2 * x) - 1)),
            .. Enumerable.Repeat((sbyte)1, machine.Report.FieldSpins),
        ];
        machine.Decode(spins, 1, state);
        return all ? "exact" : "sa";
    }

    // In every optimum the spins that share fields are as the auxiliary one: up, they are fields again, and easier to search.
    private static IsingProblem WithFields(MachineProblem machine, int variables)
    {
        var ising = new IsingProblem(variables);
        foreach (MachineTerm term in machine.Terms)
        {
            if (term.J < variables)
            {
                ising.AddCoupling(term.I, term.J, -2.0 * term.Value);
            }
            else if (term.I < variables)
            {
                ising.AddField(term.I, -2.0 * term.Value);
            }
        }

        return ising;
    }
}
