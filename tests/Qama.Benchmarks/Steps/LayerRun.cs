using System.Diagnostics;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Steps;

/// <summary>Measures the passes of one layer.</summary>
internal sealed class LayerRun<TLayer>
    where TLayer : QuboAttentionLayer<float>, IStages
{
    private const double Warmth = 1;

    private readonly string _name;
    private readonly int _batch;
    private readonly int _repeats;
    private readonly TLayer _layer;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly float[] _inputGradient;
    private readonly int _sweeps;
    private readonly double _gap;

    public LayerRun(string name, int batch, int sweeps, int repeats, TLayer layer)
    {
        (_name, _batch, _sweeps, _repeats, _layer) = (name, batch, sweeps, repeats, layer);
        var random = new RandomStream(5);
        _input = new float[batch * layer.Model.Tokens * layer.Model.EmbeddingDim];
        _inputGradient = new float[_input.Length];
        _output = new float[batch * layer.Model.Tokens * layer.Model.OutputDim];
        foreach (ref float x in _input.AsSpan())
        {
            x = (float)random.NextNormal();
        }

        _gap = Gap();
    }

    public LayerMeasurement Measure(int threads)
    {
        LayerWorkspace<float> workspace = _layer.CreateWorkspace(_batch, threads);
        ISampler annealer = Annealer(_sweeps, threads);
        Action forward = () => _layer.Forward(_input, _output, workspace, annealer);
        forward();
        var replay = new Replay(workspace.Samples);
        Action without = () => _layer.Forward(_input, _output, workspace, replay);
        Action backward = () => _layer.Backward(_output, _inputGradient, workspace);
        Action both = forward + backward;
        Median.Warm(both, Warmth);
        Median.Warm(without, Warmth / 4);

        // Alternated, so that a slow spell of the machine meets all.
        Func<double> clock = threads == 1
            ? () => ThreadClock.Microseconds * 1e-3
            : () => Stopwatch.GetTimestamp() * (1e3 / Stopwatch.Frequency);
        List<double> forwards = [], withouts = [], backwards = [];
        for (int r = 0; r < _repeats; r++)
        {
            withouts.Add(Time(clock, without));
            forwards.Add(Time(clock, forward));
            backwards.Add(Time(clock, backward));
        }

        double bytes = Allocations.PerCall(both, 10);
        var result = new LayerMeasurement(
            _name, _batch, _layer.Model.HeadCount, _layer.Model.Tokens, _layer.Model.EmbeddingDim, _layer.Model.HeadDim, threads,
            _sweeps, _gap, Median.Of(forwards), Median.Of(withouts), Median.Of(backwards), bytes);
        return threads == 1 ? WithStages(result, clock) : result;
    }

    private LayerMeasurement WithStages(LayerMeasurement whole, Func<double> clock)
    {
        var stages = new LayerStages(_layer.Model, _layer, _batch);
        Median.Warm(stages.Project, Warmth / 2);
        Median.Warm(stages.Couple, Warmth / 2);
        List<double> projections = [], couplings = [];
        for (int r = 0; r < _repeats; r++)
        {
            projections.Add(Time(clock, stages.Project));
            couplings.Add(Time(clock, stages.Couple));
        }

        (double projection, double coupling) = (Median.Of(projections), Median.Of(couplings));
        double all = whole.Forward + whole.Backward;
        double annealing = whole.Forward - whole.ForwardWithoutAnnealing;
        return whole with
        {
            Shares = new(annealing / all, projection / all, coupling / all, (all - annealing - projection - coupling) / all),
            ProjectionGflops = stages.ProjectionOperations / projection * 1e-6,
            CouplingGflops = stages.CouplingOperations / coupling * 1e-6,
        };
    }

    // Against the best of many long annealings.
    private double Gap()
    {
        LayerWorkspace<float> workspace = _layer.CreateWorkspace(_batch, 0);
        var thorough = new SimulatedAnnealingSampler { Sweeps = 300, Restarts = 60, Hot = 0.2 };
        _layer.Forward(_input, _output, workspace, thorough);
        double[] best = [.. Enumerable.Range(0, _batch).Select(s => workspace.Samples.Energy(s))];
        Annealer(_sweeps, 0).Finish(workspace.Problems, workspace.Samples, new SamplingKey(1));
        return best.Select((b, s) => (workspace.Samples.Energy(s) - b) / Math.Abs(b)).Average();
    }

    private static SimulatedAnnealingSampler Annealer(int sweeps, int threads) =>
        new() { Sweeps = sweeps, Hot = 0.2, Threads = threads };

    private static double Time(Func<double> clock, Action action)
    {
        double start = clock();
        action();
        return clock() - start;
    }

    /// <summary>Leaves in place what another sampler found in the same memory.</summary>
    private sealed class Replay(SampleSet found) : ISampler
    {
        public string Name => "replay";

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
            ReferenceEquals(result, found) ? default : throw new ArgumentException("Expected the same memory.", nameof(result));
    }
}
