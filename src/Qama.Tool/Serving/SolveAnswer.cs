using System.Text.Json.Nodes;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Weighing;

namespace Qama.Tool.Serving;

/// <summary>What is shown of a problem: selection, energy by parts, violations, spectrum, coefficients, rounding.</summary>
internal static class SolveAnswer
{
    private const int Levels = 48;
    private const int Bins = 24;
    private const int LargestQubo = 256;

    /// <summary>Solves a problem and describes it.</summary>
    /// <param name="session">The layer.</param>
    /// <param name="sample">The sample's numbers.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InvalidDataException">A coefficient is not finite, or out of the range of single precision.</exception>
    public static async Task<JsonObject> CreateAsync(
        ModelSession session, float[] sample, SolveRequest request, CancellationToken stop)
    {
        ModelDescriptor model = session.Weighed.Problem;
        (Coefficients coefficients, int tokens) = session.Prepare(sample, request.Tokens, request.Problem);
        double[] scales = request.Scales ?? [.. session.Weighed.Parts.Select(_ => 1.0)];
        IWeighedProblem problem = session.Weighed.Weigh(coefficients, scales);
        var sampler = new SimulatedAnnealingSampler { Sweeps = request.Sweeps ?? session.Usual.Sweeps };
        var samples = new SampleSet(1, request.Reads ?? session.Usual.Reads, model.VariableCount)
        {
            Temperature = session.Model.Temperature,
        };
        try
        {
            await sampler.SampleAsync(problem.Batch, samples, new SamplingKey(request.Seed), stop).ConfigureAwait(false);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message.Split(" (Parameter")[0], e);
        }

        samples.SortReads(0);
        byte[] best = samples.State(0).ToArray();
        double[] energies = problem.Measure(best);
        IReadOnlyList<(double Energy, byte[] State)>? lowest = Spectrum.Lowest(problem, model, Levels, stop);
        (byte[], double) reference = lowest is [var first, ..] && first.Energy < energies.Sum() ? (first.State, first.Energy)
            : (best, energies.Sum());
        var answer = new JsonObject
        {
            ["sequence"] = request.Sequence,
            ["tokens"] = tokens,
            ["candidates"] = coefficients.TokenCount,
            ["present"] = Bits([.. coefficients.Present.Select(p => (byte)(p ? 1 : 0))]),
            ["energy"] = energies.Sum(),
            ["parts"] = Array(session.Weighed.Parts.Select((p, k) => (JsonNode)new JsonObject
            {
                ["name"] = p.Name, ["weight"] = Finite(problem.Weights[k]), ["energy"] = energies[k],
            })),
            ["constraints"] = Constraints(model, best),
            ["feasible"] = problem.Batch.IsFeasible(0, best),
            ["state"] = Bits(best),
            ["selection"] = Rows(Weights(best, model.SelectionBits), model),
            ["share"] = Rows(Shares(samples, model), model),
            ["reads"] = samples.ReadCount,
            ["readsAtBest"] = Enumerable.Range(0, samples.ReadCount).Count(r => Same(samples.Energy(0, r), samples.Energy(0))),
            ["sampler"] = samples.Provenance,
            ["temperature"] = samples.Temperature,
            ["spectrum"] = lowest is null ? Histogram(samples) : Lowest(lowest, problem),
            ["couplings"] = Numbers(coefficients.Couplings.AsSpan(request.Head * model.Tokens * model.Tokens, model.Tokens * model.Tokens)),
            ["fields"] = Numbers(coefficients.Fields.AsSpan(request.Head * model.Tokens, model.Tokens)),
            ["rounded"] = await RoundedProblem.DescribeAsync(
                problem, model, request.Bits, reference, sampler.Sweeps, samples.ReadCount, request.Seed, stop).ConfigureAwait(false),
        };
        if (request.Full)
        {
            answer["allCouplings"] = Numbers(coefficients.Couplings);
            answer["allFields"] = Numbers(coefficients.Fields);
            answer["qubo"] = Qubo(problem);
        }

        return answer;
    }

    /// <summary>A state as text: a character 0 or 1 for each variable.</summary>
    public static string Bits(ReadOnlySpan<byte> state)
    {
        Span<char> text = state.Length <= 1024 ? stackalloc char[state.Length] : new char[state.Length];
        for (int v = 0; v < state.Length; v++)
        {
            text[v] = state[v] == 0 ? '0' : '1';
        }

        return new string(text);
    }

    private static bool Same(double a, double b) => Math.Abs(a - b) <= 1e-6 * Math.Max(1e-12, Math.Abs(b));

    private static double[] Weights(ReadOnlySpan<byte> state, int bits)
    {
        var weights = new double[state.Length / bits];
        for (int v = 0; v < state.Length; v++)
        {
            weights[v / bits] += (double)state[v] * (1 << (v % bits)) / ((1 << bits) - 1);
        }

        return weights;
    }

    private static double[] Shares(SampleSet samples, ModelDescriptor model)
    {
        var mean = new double[model.HeadCount * model.Tokens];
        for (int r = 0; r < samples.ReadCount; r++)
        {
            double[] weights = Weights(samples.State(0, r), model.SelectionBits);
            for (int k = 0; k < mean.Length; k++)
            {
                mean[k] += weights[k] / samples.ReadCount;
            }
        }

        return mean;
    }

    private static JsonArray Rows(double[] values, ModelDescriptor model) => Array(
        Enumerable.Range(0, model.HeadCount).Select(h => (JsonNode)Array(
            values.AsSpan(h * model.Tokens, model.Tokens).ToArray().Select(v => (JsonNode)Math.Round(v, 6)))));

    private static JsonArray Constraints(ModelDescriptor model, byte[] state)
    {
        double[] weights = Weights(state, model.SelectionBits);
        JsonArray Sums() => Array(Enumerable.Range(0, model.HeadCount).Select(
            h => (JsonNode)Math.Round(weights.AsSpan(h * model.Tokens, model.Tokens).ToArray().Sum(), 6)));
        return Array(model.Constraints.Select(c =>
        {
            bool isSum = c.Kind is not (ConstraintKind.ExclusiveTokens or ConstraintKind.ExclusiveBits);
            return (JsonNode)new JsonObject
            {
                ["kind"] = $"{c.Kind}", ["bound"] = isSum ? c.Bound : null, ["fulfilled"] = c.IsFulfilled(model, state),
                ["sums"] = isSum ? Sums() : null,
            };
        }));
    }

    private static JsonObject Lowest(IReadOnlyList<(double Energy, byte[] State)> lowest, IWeighedProblem problem) => new()
    {
        ["kind"] = "levels",
        ["levels"] = Array(lowest.Select(l => (JsonNode)new JsonObject
        {
            ["energy"] = l.Energy, ["state"] = Bits(l.State), ["feasible"] = problem.Batch.IsFeasible(0, l.State),
        })),
    };

    private static JsonObject Histogram(SampleSet samples)
    {
        double[] energies = [.. Enumerable.Range(0, samples.ReadCount).Select(r => samples.Energy(0, r))];
        (double low, double high) = (energies.Min(), energies.Max());
        var counts = new int[high > low ? Bins : 1];
        foreach (double energy in energies)
        {
            counts[Math.Min(counts.Length - 1, high > low ? (int)((energy - low) / (high - low) * counts.Length) : 0)]++;
        }

        return new() { ["kind"] = "histogram", ["low"] = low, ["high"] = high, ["counts"] = Array(counts.Select(c => (JsonNode)c)) };
    }

    private static JsonObject? Qubo(IWeighedProblem problem)
    {
        if (problem.Batch.VariableCount + problem.Batch.SlackCount > LargestQubo)
        {
            return null;
        }

        QuboMatrix qubo = problem.Batch.ToQubo(0);
        var terms = new JsonArray();
        for (int i = 0; i < qubo.Size; i++)
        {
            for (int j = i; j < qubo.Size; j++)
            {
                double value = i == j ? qubo[i, i] : qubo[i, j] + qubo[j, i];
                if (value != 0)
                {
                    terms.Add((JsonNode)new JsonArray(i, j, value));
                }
            }
        }

        return new() { ["size"] = qubo.Size, ["slack"] = problem.Batch.SlackCount, ["offset"] = qubo.Offset, ["terms"] = terms };
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    private static JsonArray Numbers(ReadOnlySpan<float> values) => Array(values.ToArray().Select(v => (JsonNode)v));

    private static JsonArray Array(IEnumerable<JsonNode> items) => new([.. items]);
}
