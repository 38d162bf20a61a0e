using Qama.Benchmarks.Scaling;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Hardness;

/// <summary>Solves large random problems one at a time, and compares with the best that far longer searches find.</summary>
internal static class SizeRun
{
    public const string Layer = "a layer's, random inputs";
    public const string Independent = "independent couplings";
    private const int Problems = 3;

    /// <summary>Problems that layers with initial parameters pose for inputs of normal numbers.</summary>
    public static IReadOnlyList<SizeMeasurement> MeasureLayer<TModel>(Func<long, QuboAttentionLayer<float>> create)
        where TModel : class, IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        var run = new Run(Layer, model);
        for (int p = 0; p < Problems; p++)
        {
            QuboAttentionLayer<float> layer = create(p + 1);
            var random = new RandomStream((ulong)p + 1);
            var input = new float[model.Tokens * model.EmbeddingDim];
            for (int i = 0; i < input.Length; i++)
            {
                input[i] = (float)random.NextNormal();
            }

            layer.Forward(input, new float[model.Tokens * model.OutputDim], layer.CreateWorkspace(1, 1), run);
        }

        return run.Compare();
    }

    /// <summary>Problems whose couplings are independent of each other, as no layer's are: rough landscapes.</summary>
    public static IReadOnlyList<SizeMeasurement> MeasureIndependent<TModel>()
        where TModel : class, IQuboAttention<TModel>
    {
        var run = new Run(Independent, TModel.Descriptor);
        var result = new SampleSet(1, 1, TModel.Descriptor.VariableCount);
        for (int p = 0; p < Problems; p++)
        {
            run.Finish(RandomProblems.Create<TModel>(1, seed: (ulong)p + 1), result, default);
        }

        return run.Compare();
    }

    // A sampler in a layer's eyes: solves what it is given with every budget.
    private sealed class Run(string kind, ModelDescriptor model) : ISampler
    {
        private readonly (Budget Budget, bool IsLong)[] _budgets =
            [.. Budget.Usual.Append(Budget.Tabu).Select(b => (b, false)), .. Budget.Long.Select(b => (b, true))];

        private readonly List<double[]> _energies = []; // per problem, of every budget
        private readonly List<double[]> _times = [];

        public string Name => "all";

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            (var energies, var times) = (new double[_budgets.Length], new double[_budgets.Length]);
            for (int b = 0; b < _budgets.Length; b++)
            {
                ISampler sampler = _budgets[b].Budget.Create();
                if (_energies.Count == 0 && !_budgets[b].IsLong)
                {
                    Median.Warm(() => sampler.Finish(problems, result, new SamplingKey(2)), 0.3);
                }

                double start = ThreadClock.Microseconds;
                sampler.Finish(problems, result, new SamplingKey(1, 0, _energies.Count));
                times[b] = (ThreadClock.Microseconds - start) * 1e-3;
                energies[b] = result.Energy(0);
            }

            _energies.Add(energies);
            _times.Add(times);
            return ValueTask.CompletedTask;
        }

        public IReadOnlyList<SizeMeasurement> Compare() =>
        [
            .. _budgets.Select((budget, b) =>
            {
                double[] gaps = [.. _energies.Select(e => (e[b] - e.Min()) / Math.Abs(e.Min()))];
                return new SizeMeasurement(
                    kind, model.HeadCount, model.Tokens, model.VariableCount, gaps.Length, budget.Budget.Name, gaps.Average(), gaps.Max(),
                    _times.Average(t => t[b]), budget.IsLong);
            }),
        ];
    }
}
