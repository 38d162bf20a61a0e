using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Annealing;
using Qama.Ising;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tool.Tests.Machines;

/// <summary><c>qama solve --trace</c>: temperatures and acceptance against Boltzmann's distribution over all states.</summary>
public sealed class AnnealingTraceTests : FolderTest
{
    private const int Size = 10;

    private static readonly QuboMatrix _qubo = Problem();

    /// <summary>Cooled slowly, the states after a sweep are those of its temperature: the mean over all states, weighed by
    /// Boltzmann's factor, is what was recorded.</summary>
    [Fact]
    public void Acceptance_is_that_of_the_distribution_at_the_recorded_temperature()
    {
        JsonNode trace = Trace("--sweeps", "20000", "--reads", "10", "--seed", "3");
        JsonNode[] sweeps = [.. trace["annealing"]!.AsArray().OfType<JsonNode>()];
        Assert.Equal((1, 20000), (sweeps[0]["sweep"]!.GetValue<int>(), sweeps[^1]["sweep"]!.GetValue<int>()));
        Assert.InRange(sweeps.Length, 900, 1002);
        Assert.Null(sweeps[0]["changed"]);

        // Ten reads of some hundred neighbouring sweeps, where temperatures are near to each other.
        foreach (int middle in new[] { 150, 400 })
        {
            JsonNode[] near = sweeps[(middle - 60)..(middle + 60)];
            double measured = near.Average(s => s["acceptance"]!.GetValue<double>());
            double expected = near.Average(s => Expected(s["temperature"]!.GetValue<double>()));
            Assert.InRange(measured, expected - 0.03, expected + 0.03);
            Assert.InRange(expected, 0.05, 0.95); // it says something
        }

        double[] temperatures = [.. sweeps.Select(s => s["temperature"]!.GetValue<double>())];
        Assert.Equal(temperatures.OrderDescending(), temperatures);
        double ratio = temperatures[^1] / temperatures[0];
        Assert.Equal(temperatures[0] * Math.Pow(ratio, (sweeps[500]["sweep"]!.GetValue<int>() - 1) / 19999.0), temperatures[500], 1e-9);
    }

    /// <summary>The reads that are watched are those of the search: against what the sampler itself tells.</summary>
    [Fact]
    public async Task Best_values_are_those_of_the_sampler()
    {
        JsonNode trace = Trace("--sweeps", "40", "--reads", "1", "--seed", "5");
        var best = new double[41];
        var sampler = new SimulatedAnnealingSampler { Sweeps = 40, Threads = 1, Trace = (_, _, step, energy) => best[step] = energy };
        await sampler.SampleAsync(new QuboProblemBatch(_qubo), new SampleSet(1, 1, Size), new SamplingKey(5));
        Assert.Equal(
            best[1..], trace["annealing"]!.AsArray().Select(s => s!["best"]!.GetValue<double>()),
            (a, b) => Math.Abs(a - b) < 1e-9);
    }

    [Theory]
    [InlineData("--trace is of --sampler sa", "--sampler", "tabu")]
    [InlineData("--trace is of --sampler sa", "--seconds", "1")]
    [InlineData("--trace is of --sampler sa", "--compare", "sa,pt")]
    [InlineData("--machine and --trace exclude each other.", "--machine", "emulator")]
    public void Of_other_searches_there_is_no_trace(string message, params string[] more)
    {
        string file = WriteProblem();
        Outcome outcome = ToolProgram.Run(["solve", file, "--trace", At("t.json"), .. more]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(At("t.json")));
    }

    private static double Expected(double temperature)
    {
        double[] energies = [.. Enumerable.Range(0, 1 << Size).Select(code => _qubo.Energy(
            [.. Enumerable.Range(0, Size).Select(b => (byte)((code >> b) & 1))]))];
        double least = energies.Min(), total = 0, sum = 0;
        for (int code = 0; code < energies.Length; code++)
        {
            double weight = Math.Exp(-(energies[code] - least) / temperature);
            total += weight;
            sum += weight * Enumerable.Range(0, Size).Average(
                b => Math.Pow(1 + Math.Exp(4 * (energies[code ^ (1 << b)] - energies[code]) / temperature), -0.25));
        }

        return sum / total;
    }

    private static QuboMatrix Problem()
    {
        var qubo = new QuboMatrix(Size);
        for (int i = 0; i < Size; i++)
        {
            for (int j = i; j < Size; j++)
            {
                qubo.AddPair(i, j, Math.Round(Math.Sin((7 * i) + (3 * j) + 1), 3));
            }
        }

        return qubo;
    }

    private JsonNode Trace(params string[] options)
    {
        string file = WriteProblem();
        Outcome outcome = ToolProgram.Run(["solve", file, "--trace", At("t.json"), .. options]);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        return JsonNode.Parse(File.ReadAllText(At("t.json")))!;
    }

    private string WriteProblem()
    {
        IEnumerable<(int I, int J)> pairs =
            from i in Enumerable.Range(0, Size) from j in Enumerable.Range(i + 1, Size - i - 1) select (i, j);
        return Write("p.qubo", $"p qubo 0 {Size} {Size} {Size * (Size - 1) / 2}\n" + string.Concat(
            Enumerable.Range(0, Size).Select(i => (i, i)).Concat(pairs).Select(p => string.Create(
                CultureInfo.InvariantCulture, $"{p.Item1} {p.Item2} {(p.Item1 == p.Item2 ? 1 : 2) * _qubo[p.Item1, p.Item2]:R}\n"))));
    }
}
