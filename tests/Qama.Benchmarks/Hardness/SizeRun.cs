using Qama.Benchmarks.Scaling;
using Qama.Model;
using Qama.Sampling;

namespace Qama.Benchmarks.Hardness;

/// <summary>Solves large random problems one at a time, and compares with the best that far longer searches find.</summary>
internal static class SizeRun
{
    private const int Problems = 3;

    public static IReadOnlyList<SizeMeasurement> Measure<TModel>()
        where TModel : class, IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        (Budget Budget, bool IsLong)[] budgets = [.. Budget.Usual.Select(b => (b, false)), .. Budget.Long.Select(b => (b, true))];
        var energies = new double[budgets.Length, Problems];
        var times = new double[budgets.Length];
        var result = new SampleSet(1, 1, model.VariableCount);
        for (int p = 0; p < Problems; p++)
        {
            AttentionProblemBatch<TModel> problem = RandomProblems.Create<TModel>(1, seed: (ulong)p + 1);
            for (int b = 0; b < budgets.Length; b++)
            {
                ISampler sampler = budgets[b].Budget.Create();
                if (p == 0 && !budgets[b].IsLong)
                {
                    Median.Warm(() => sampler.Finish(problem, result, new SamplingKey(2)), 0.3);
                }

                double start = ThreadClock.Microseconds;
                sampler.Finish(problem, result, new SamplingKey(1, 0, p));
                times[b] += (ThreadClock.Microseconds - start) * 1e-3 / Problems;
                energies[b, p] = result.Energy(0);
            }
        }

        double[] best = [.. Enumerable.Range(0, Problems).Select(p => Enumerable.Range(0, budgets.Length).Min(b => energies[b, p]))];
        return
        [
            .. budgets.Select((budget, b) =>
            {
                double[] gaps = [.. best.Select((e, p) => (energies[b, p] - e) / Math.Abs(e))];
                return new SizeMeasurement(
                    model.HeadCount, model.Tokens, model.VariableCount, Problems, budget.Budget.Name, gaps.Average(), gaps.Max(),
                    times[b], budget.IsLong);
            }),
        ];
    }
}
