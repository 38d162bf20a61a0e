using System.Diagnostics;
using System.Globalization;
using Qama.Annealing;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Examples.CimInference;

/// <summary>Measures the client: dense problems of 550 spins, an emulator that answers at once, a journal on the disk.</summary>
internal static class Throughput
{
    private const int Variables = 549;
    private const int Batch = 8;

    public static async Task<int> RunAsync(int count, string folder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(folder, "throughput.db");
        foreach (string old in Directory.GetFiles(folder, "throughput.db*"))
        {
            File.Delete(old);
        }

        await using EmulatedMachine machine = await EmulatedMachine.StartAsync(
            new EmulatorOptions { Solver = new InstantSolver(), Remembered = 1000 },
            new CimSamplerOptions
            {
                Precision = PrecisionOptions.Plain, MaxConcurrentTasks = Batch, PollInterval = TimeSpan.FromMilliseconds(5),
            },
            path);

        QuboMatrix[] problems = [.. Enumerable.Range(0, Batch).Select(Problem)];
        var batch = new QuboProblemBatch(problems);
        var result = new SampleSet(Batch, 1, Variables);
        int next = 0;
        int report = Math.Max(Batch, count / 10 / Batch * Batch);
        using Process self = Process.GetCurrentProcess();
        long start = Stopwatch.GetTimestamp();
        TimeSpan cpu = self.TotalProcessorTime;
        for (int done = 0; done < count; done += Batch)
        {
            foreach (QuboMatrix problem in problems)
            {
                // Another problem: couplings move back and forth by one, so that each content is new.
                Couple(problem, 0, 1 + next % 500, next / 500 % 2 == 0 ? 1 : -1);
                Couple(problem, 1 + next / 500, 540, 1);
                next++;
            }

            await machine.Sampler.SampleAsync(batch, result, default, cancellationToken);
            if ((done + Batch) % report == 0)
            {
                self.Refresh();
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                double busy = (self.TotalProcessorTime - cpu).TotalSeconds;
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{done + Batch,6} tasks  {(done + Batch) / seconds,6:0.0} a second  {(done + Batch) / busy,6:0.0} a processor second  {self.WorkingSet64 / 1048576,5} MiB  heap {GC.GetTotalMemory(false) / 1048576,4} MiB"));
            }
        }

        CimStatistics statistics = machine.Sampler.Statistics;
        Console.WriteLine($"{statistics.Tasks} tasks, {statistics.Submissions} submitted, {machine.Emulator.Accepted} accepted, {statistics.TasksReused} reused.");
        return 0;
    }

    private static QuboMatrix Problem(int seed)
    {
        // Integers that the machine takes as they are: couplings of up to ±100 between all pairs.
        var random = new RandomStream((ulong)seed);
        var problem = new QuboMatrix(Variables);
        for (int i = 0; i < Variables; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Couple(problem, i, j, random.NextInt32(201) - 100);
            }
        }

        return problem;
    }

    // −2Mσσ' without a field: σ = 2x − 1.
    private static void Couple(QuboMatrix problem, int i, int j, int weight)
    {
        problem.AddPair(i, j, -8 * weight);
        problem.AddLinear(i, 4 * weight);
        problem.AddLinear(j, 4 * weight);
    }
}
