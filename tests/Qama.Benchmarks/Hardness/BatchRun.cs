using Qama.Benchmarks.Solvers;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Hardness;

/// <summary>Solves the same problems in batches of different sizes. A problem's random numbers follow from its index in the
/// data, so its state must not depend on who else is in the batch.</summary>
internal sealed class BatchRun
{
    private const int Keys = 5;
    private const double Solved = 1e-5;

    private readonly string _name;
    private readonly AttentionInstances _instances;
    private readonly double[] _best;

    public BatchRun(DirectoryInfo folder)
    {
        _name = folder.Name;
        _instances = AttentionInstances.Read(folder.FullName);
        _best = [.. _instances.Problems.Select(
            p => p.BestKnownEnergy ?? throw new InvalidDataException($"Problem {p.Id} of {folder.Name} has no best-known energy."))];
    }

    public IEnumerable<BatchMeasurement> Measure(Budget budget)
    {
        byte[][]? alone = null;
        foreach (int size in new[] { 1, 2, 8, 32 }.Where(s => s <= _instances.Problems.Count))
        {
            (BatchMeasurement measured, byte[][] states) = Measure(budget, size, alone);
            alone ??= states;
            yield return measured;
        }
    }

    private (BatchMeasurement Measured, byte[][] States) Measure(Budget budget, int size, byte[][]? alone)
    {
        ProblemBatch[] batches =
        [
            .. _instances.Problems.Chunk(size).Select(
                part => InstanceModels.ToBatch(new AttentionInstances(_instances.Heads, _instances.Tokens, part))),
        ];
        int count = _instances.Problems.Count;
        int variables = batches[0].VariableCount;
        var result = new SampleSet(size, 1, variables);
        ISampler sampler = budget.Create();
        Median.Warm(() => sampler.Finish(batches[0], result, new SamplingKey(2)), 0.3);

        var states = new byte[Keys * count][];
        var times = new List<double>();
        (double sum, double worst, int solved) = (0, 0, 0);
        for (int key = 0; key < Keys; key++)
        {
            double time = 0;
            for (int b = 0; b < batches.Length; b++)
            {
                double start = ThreadClock.Microseconds;
                sampler.Finish(batches[b], result, new SamplingKey(1, key, b * size));
                time += ThreadClock.Microseconds - start;
                for (int p = 0; p < batches[b].Count; p++)
                {
                    int problem = b * size + p;
                    double gap = (result.Energy(p) - _best[problem]) / Math.Abs(_best[problem]);
                    sum += gap;
                    worst = Math.Max(worst, gap);
                    solved += gap <= Solved ? 1 : 0;
                    states[key * count + problem] = result.State(p).ToArray();
                }
            }

            times.Add(time / count);
        }

        int same = states.Where((state, i) => state.AsSpan().SequenceEqual((alone ?? states)[i])).Count();
        double runs = states.Length;
        return (new BatchMeasurement(
            _name, variables, budget.Name, size, sum / runs, worst, solved / runs, same / runs, Median.Of(times)), states);
    }
}
