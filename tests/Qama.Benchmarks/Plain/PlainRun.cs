using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Annealing;
using Qama.Ising;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Plain;

/// <summary>Measures plain problems on one thread.</summary>
internal static class PlainRun
{
    private const int Trial = 300; // sweeps from which the time of one is estimated

    public static List<PlainGap> Gaps(PlainInstance instance)
    {
        (SparseProblemBatch batch, PlainSettings settings) = (instance.Batch, instance.Settings);
        var result = new SampleSet(1, 1, batch.VariableCount);
        double first = Time(Annealing(Trial, 1), batch, result, 0);
        double perSweep = Enumerable.Range(1, 5).Min(k => Time(Annealing(Trial, 1), batch, result, k)) / Trial;
        List<(PlainGap Gap, double Mean)> found = [];
        double best = instance.Best ?? first;
        for (int b = 0; b < PlainSettings.Milliseconds.Length; b++)
        {
            int budget = PlainSettings.Milliseconds[b];
            int sweeps = Math.Max(1, (int)(1000 * budget / perSweep / settings.Annealings[b]));
            SimulatedAnnealingSampler sampler = Annealing(sweeps, settings.Annealings[b]);
            int reads = budget == 10 ? 100 : budget == 100 ? 30 : 8;
            List<double> times = [], energies = [];
            for (int k = 0; k < reads; k++)
            {
                times.Add(1e-3 * Time(sampler, batch, result, 100 + k));
                energies.Add(result.Energy(0));
            }

            times.Sort();
            best = Math.Min(best, energies.Min());
            found.Add((
                new(
                    instance.Name, instance.Kind, batch.VariableCount, instance.Problem.Density, budget,
                        settings.Annealings[b], sweeps,
                    times[reads / 2], 0, reads, 0),
                energies.Average()));
        }

        // Where no energy is published: a search of another kind and ten times as long looks for a lower one.
        if (instance.Best is null)
        {
            var longer = new PolishedSampler(Annealing(10_000, 40)) { TabuSteps = 200_000, Threads = 1 };
            longer.Finish(batch, result, new SamplingKey(3));
            best = Math.Min(best, result.Energy(0));
        }

        return [.. found.Select(f => f.Gap with { Gap = (f.Mean - best) / Math.Abs(best), Best = best })];

        SimulatedAnnealingSampler Annealing(int sweeps, int restarts) =>
            new() { Sweeps = sweeps, Restarts = restarts, Hot = settings.Hot, Cold = settings.Cold, Threads = 1 };
    }

    public static List<PlainStep> Steps(int size, double density)
    {
        SparseQubo problem = PlainInstance.Random("", size, density, 5).Problem;
        var batch = new SparseProblemBatch(problem);
        (string Name, int Few, int Many, Func<int, ISampler> Make)[] samplers =
        [
            ("annealing, a sweep", 20, 420, k => new SimulatedAnnealingSampler { Sweeps = k, Threads = 1 }),
            ("tabu, a flip", 100, 3100, k => new TabuSampler { Steps = k, Threads = 1 }),
            ("ballistic bifurcation, a step", 50, 150, k => new BifurcationSampler { Steps = k, Threads = 1 }),
            ("discrete bifurcation, a step", 50, 150,
                k => new BifurcationSampler { Steps = k, Threads = 1, Variant = BifurcationVariant.Discrete }),
            ("coherent Ising machine, a step", 50, 150,
                k => new CoherentIsingMachineSampler { Steps = k, Threads = 1, LastSigns = true, Descent = false }),
            ("tempering, a sweep of a replica", 400, 1200, k => new ParallelTemperingSampler { Rounds = k / 40,
                Threads = 1 }),
        ];
        var result = new SampleSet(1, 1, size);
        return [.. samplers.Select(s =>
            new PlainStep(s.Name, size, problem.Density,
                (Least(s.Make(s.Many)) - Least(s.Make(s.Few))) / (s.Many - s.Few)))];

        double Least(ISampler sampler) => Enumerable.Range(0, 9).Min(k => Time(sampler, batch, result, k % 3));
    }

    /// <summary>Both forms of rows, in turns.</summary>
    public static PlainForms Forms(int size, double density)
    {
        SparseQubo problem = PlainInstance.Random("", size, density, 7).Problem;
        var result = new SampleSet(1, 1, size);
        (FormBatch compressed, FormBatch written) = (new(problem, compressed: true), new(problem, compressed: false));
        return new(
            size, problem.Density, Ratio(k => new SimulatedAnnealingSampler { Sweeps = 300, Threads = 1 }),
            Ratio(k => new BifurcationSampler { Steps = 40, Threads = 1 }));

        double Ratio(Func<int, ISampler> make)
        {
            (double first, double second) = (double.PositiveInfinity, double.PositiveInfinity);
            for (int k = 0; k < 9; k++)
            {
                first = Math.Min(first, Time(make(k), compressed, result, k % 3));
                second = Math.Min(second, Time(make(k), written, result, k % 3));
            }

            return first / second;
        }
    }

    /// <summary>What comes before the first sweep of problems that are new.</summary>
    public static List<PlainSetup> Setups(int size)
    {
        QuboMatrix dense = PlainInstance.Random("", size, 1, 6).Problem.ToDense();
        QuboMatrix sparse = PlainInstance.Random("", size, 0.01, 6).Problem.ToDense();
        QuadraticTerm[] terms = [.. PlainInstance.Random("", size, 0.01, 6).Problem.Terms()];
        double read = Median.Milliseconds(() => Sum(dense.Coefficients), 3, 15);
        return
        [
            Setup("matrix, all pairs", () => First(Changed(dense))),
            Setup("matrix, 1 % of pairs", () => First(Changed(sparse))),
            Setup("sparse problem, 1 % of pairs, from terms", () => First(new SparseProblemBatch(new SparseQubo(size,
                terms)))),
        ];

        PlainSetup Setup(string name, Action action)
        {
            double time = Median.Milliseconds(action, 3, 15);
            return new(name, size, time, time / read);
        }

        // A matrix that has changed is read anew.
        QuboProblemBatch Changed(QuboMatrix matrix)
        {
            matrix.AddLinear(0, 1);
            return new(matrix);
        }

        void First(ProblemBatch batch)
        {
            batch.CheckBeforeSampling(new SampleSet(1, 1, size));
            batch.EnergyScale(0, new float[batch.ScratchLength]);
        }
    }

    private static double Sum(ReadOnlySpan<double> numbers)
    {
        Vector<double> sum = Vector<double>.Zero;
        foreach (Vector<double> vector in MemoryMarshal.Cast<double, Vector<double>>(numbers))
        {
            sum += vector;
        }

        return Vector.Sum(sum);
    }

    private static double Time(ISampler sampler, ProblemBatch batch, SampleSet result, int key)
    {
        double start = ThreadClock.Microseconds;
        sampler.Finish(batch, result, new SamplingKey(key));
        return ThreadClock.Microseconds - start;
    }
}
