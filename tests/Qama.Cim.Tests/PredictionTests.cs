using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Cim.Emulator;
using Qama.Cim.Packing;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim.Tests;

/// <summary>The simulated machine predicts what the client sends: the same problem through the web API, solved there by
/// the same model of the optics with the same random numbers, gives the same states.</summary>
public class PredictionTests
{
    private const ulong Seed = 5;
    private const int Steps = 60;
    private const int Reads = 4;

    private static readonly PrecisionOptions[] Settings =
    [
        new(), PrecisionOptions.Plain, PrecisionOptions.Plain with { MaxFieldSpins = 5 },
        PrecisionOptions.Plain with { ScaleComponents = true },
    ];

    [Fact]
    public async Task The_simulated_machine_searches_on_the_integers_that_the_client_uploads()
    {
        var machine = new Recorder(SimulatorSolver.CoherentIsingMachine(Steps));
        for (int setting = 0; setting < Settings.Length; setting++)
        {
            PrecisionOptions precision = Settings[setting];
            UploadForm form = setting % 2 == 0 ? UploadForm.QuboOfIsing : UploadForm.Ising;
            await using Client client = await Client.StartAsync(
                new EmulatorOptions { Solver = machine, Rows = Reads },
                Client.Fast with { Precision = precision, Form = form, Pack = false });
            Check.One(Config.QuickThrowOnFailure.WithMaxTest(15), Prop.ForAll(
                Gen.Choose(0, 1_000_000).Zip(Gen.Choose(0, 4)).ToArbitrary(), given =>
                {
                    QuboMatrix qubo = Problem(given.Item2, (ulong)given.Item1);
                    QuboProblemBatch batch = new(qubo);
                    machine.Matrices.Clear();
                    SampleSet answered = client.SampleAsync(batch, Reads).GetAwaiter().GetResult();
                    MachineProblem integers = batch.ToMachine(0, MachineLimits.Cpqc550, precision);
                    Assert.Equal(integers.SpinCount > 0 ? [Matrix(integers)] : [], machine.Matrices);

                    // And what the simulated machine finds is what it finds with those integers at the other end.
                    var predicted = new SampleSet(1, Reads, batch.VariableCount);
                    var simulated = CoherentIsingMachineSampler.ForMachine(MachineLimits.Cpqc550);
                    (simulated.Steps, simulated.Precision) = (Steps, precision);
                    ValueTask done = simulated.SampleAsync(batch, predicted, new SamplingKey((long)Seed));
                    Assert.True(done.IsCompletedSuccessfully);
                    Assert.Equal(States(predicted), States(answered));
                }));
        }
    }

    private static IEnumerable<string> States(SampleSet samples) =>
        Enumerable.Range(0, samples.ReadCount).Select(r => string.Concat(samples.State(0, r).ToArray()))
            .Distinct().Order(StringComparer.Ordinal);

    private static string Matrix(MachineProblem problem)
    {
        int n = problem.SpinCount + 1;
        var matrix = new int[n * n];
        foreach (MachineTerm term in problem.Terms)
        {
            matrix[(term.I * n) + term.J] = matrix[(term.J * n) + term.I] = term.Value;
        }

        return string.Join(' ', matrix);
    }

    // Real coefficients, integers that fit, integers whose fields must be shared, fractions, and parts that do not meet.
    private static QuboMatrix Problem(int kind, ulong seed)
    {
        int size = 2 + (int)(seed % 9);
        return kind switch
        {
            0 => SmallProblems.Real(seed, size),
            1 => SmallProblems.Integer(seed, size, 127),
            2 => SmallProblems.Integer(seed, size, 500),
            3 => Scaled(SmallProblems.Ferromagnet(seed, size, 30), 1.0 / (2 + (seed % 5))),
            _ => Parts(SmallProblems.Real(seed, size, 1), SmallProblems.Integer(seed, size, 40)),
        };
    }

    private static QuboMatrix Scaled(QuboMatrix problem, double factor)
    {
        var scaled = new QuboMatrix(problem.Size);
        Add(problem, scaled, 0, factor);
        return scaled;
    }

    private static QuboMatrix Parts(QuboMatrix first, QuboMatrix second)
    {
        var both = new QuboMatrix(first.Size + second.Size);
        Add(first, both, 0, 1);
        Add(second, both, first.Size, 1);
        return both;
    }

    private static void Add(QuboMatrix from, QuboMatrix to, int offset, double factor)
    {
        for (int i = 0; i < from.Size; i++)
        {
            to.AddLinear(offset + i, factor * from[i, i]);
            for (int j = 0; j < i; j++)
            {
                to.AddPair(offset + i, offset + j, factor * (from[i, j] + from[j, i]));
            }
        }
    }

    private sealed class Recorder(SimulatorSolver solver) : IIsingSolver
    {
        public List<string> Matrices { get; } = [];

        public IReadOnlyList<sbyte[]> Solve(ReadOnlySpan<int> matrix, int size, int count, ulong seed)
        {
            Matrices.Add(string.Join(' ', matrix[..(size * size)].ToArray()));
            return solver.Solve(matrix, size, count, Seed);
        }
    }
}
