using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Benchmarks.Solutions;

/// <summary>What a pass of one sample costs, in time, memory and energy.</summary>
internal static class PassRun
{
    private const int Sweeps = 20;

    // Linux tells the energy that the processor has used, where the machine is not a virtual one.
    private const string Counter = "/sys/class/powercap/intel-rapl:0/energy_uj";

    // Where it does not: the design power of a current server processor over its cores, 350 W and 64 (Intel's figures for Xeon 8592+).
    private const double WattsPerCore = 350.0 / 64;

    public static string Power { get; } = Counts()
        ? "measured by the processor (RAPL), all of it: what else ran then is in it"
        : FormattableString.Invariant($"modelled: processor time x {WattsPerCore:F1} W, the design power of a core of a Xeon 8592+ (350 W, 64 cores)");

    public static PassCost Measure(QuboAttentionLayer<float> layer)
    {
        ModelDescriptor model = layer.Model;
        var random = new RandomStream(5);
        var shape = new TokenShape(model.Tokens, model.EmbeddingDim);
        var input = new Activations<float>(1, shape);
        float[] plain = new float[model.Tokens * model.EmbeddingDim];
        foreach (ref float x in plain.AsSpan())
        {
            x = (float)random.NextNormal();
        }

        input.Set(0, plain);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        var sampler = new SimulatedAnnealingSampler { Sweeps = Sweeps, Threads = 1 };
        var softmax = new SoftmaxAttention<float>(shape, model.HeadCount, model.HeadDim, 1);
        softmax.Allocate(1, 1);
        var output = new Activations<float>(1, softmax.OutputShape);
        var found = new float[model.Tokens * model.OutputDim];
        (double own, double joules) = Time(() => layer.Forward(plain, found, workspace, sampler));
        (double other, double otherJoules) = Time(() => softmax.Forward(input, output, new BatchInfo(1, 1, 0)));
        return new(model.Tokens, model.VariableCount, own, layer.WorkspaceBytes(1), other, joules, otherJoules);
    }

    private static (double Milliseconds, double Joules) Time(Action pass)
    {
        // The runtime compiles in the background: other work on the machine delays it.
        Median.Warm(pass, 2);
        List<double> times = [], joules = [];
        while (times.Count < 5 || (times.Count < 50 && times.Sum() < 1000))
        {
            double start = ThreadClock.Microseconds;
            double before = Counts() ? Count() : 0;
            pass();
            times.Add(1e-3 * (ThreadClock.Microseconds - start));
            joules.Add(Counts() ? Count() - before : 1e-3 * times[^1] * WattsPerCore);
        }

        return (Median.Of(times), Median.Of(joules));
    }

    private static bool Counts()
    {
        try
        {
            return File.Exists(Counter) && Count() > 0;
        }
        catch (UnauthorizedAccessException)
        {
            return false; // told to administrators only
        }
    }

    private static double Count() => 1e-6 * double.Parse(File.ReadAllText(Counter), System.Globalization.CultureInfo.InvariantCulture);
}
