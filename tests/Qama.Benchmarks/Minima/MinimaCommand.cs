using System.CommandLine;
using System.Globalization;
using Qama.Annealing;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Minima;

/// <summary><c>minima</c>: what each simulator's dynamics reaches by itself on problems that can be enumerated.</summary>
internal static class MinimaCommand
{
    private const int Problems = 20, Reads = 50;

    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command("minima", "How often simulators reach the enumerated minimum of small problems.") { json };
        command.SetAction(parsed =>
        {
            List<MinimaMeasurement> all =
            [
                .. Measure<FreeModel>("couplings, fields, head exclusion"),
                .. Measure<ExactlyModel>("exactly 3 of 10 tokens per head"),
                .. Measure<AtMostModel>("at most 3 of 10 tokens per head"),
            ];
            foreach (MinimaMeasurement m in all)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{m.Problems,-36}{m.Variables,4} {m.Sampler,-62}{m.Reads,8:P1}{m.Solved,8:P0}"));
            }

            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "minima", all);
            }
        });
        return command;
    }

    private static IEnumerable<MinimaMeasurement> Measure<TModel>(string name)
        where TModel : IQuboAttention<TModel>
    {
        ProblemBatch problems = Random<TModel>();
        var plain = new QuboProblemBatch([.. Enumerable.Range(0, problems.Count).Select(problems.ToQubo)]);
        var exact = new SampleSet(problems.Count, 1, problems.VariableCount);
        new ExactSampler().Finish(problems, exact, new SamplingKey(1));
        int slack = plain.VariableCount - problems.VariableCount;
        string matrix = slack == 0 ? ", as a matrix" : string.Create(CultureInfo.InvariantCulture, $", as a matrix with {slack} slack bits");
        (string, ISampler, ProblemBatch)[] runs =
        [
            ("annealing", new SimulatedAnnealingSampler(), problems),
            ("tabu search", new TabuSampler(), problems),
            ("coherent Ising machine, no descent", new CoherentIsingMachineSampler { Descent = false }, problems),
            ("coherent Ising machine", new CoherentIsingMachineSampler(), problems),
            ("ballistic bifurcation", new BifurcationSampler(), problems),
            ("discrete bifurcation", new BifurcationSampler { Variant = BifurcationVariant.Discrete }, problems),

            // A matrix does not say what a constraint is: descent by flips only, no exchanges.
            ("coherent Ising machine, no descent" + matrix, new CoherentIsingMachineSampler { Descent = false }, plain),
            ("coherent Ising machine" + matrix, new CoherentIsingMachineSampler(), plain),
            ("ballistic bifurcation" + matrix, new BifurcationSampler(), plain),
            ("discrete bifurcation" + matrix, new BifurcationSampler { Variant = BifurcationVariant.Discrete }, plain),
        ];
        foreach ((string sampler, ISampler simulator, ProblemBatch batch) in runs)
        {
            var result = new SampleSet(batch.Count, Reads, batch.VariableCount);
            simulator.Finish(batch, result, new SamplingKey(5));
            int[] hits =
            [
                .. Enumerable.Range(0, batch.Count).Select(p => Enumerable.Range(0, Reads).Count(
                    r => result.Energy(p, r) <= exact.Energy(p) + (1e-6 * (1 + Math.Abs(exact.Energy(p)))))),
            ];
            yield return new(
                name, problems.VariableCount, sampler, hits.Sum() / (double)(Reads * batch.Count),
                hits.Count(h => h > 0) / (double)batch.Count);
        }
    }

    private static AttentionProblemBatch<TModel> Random<TModel>()
        where TModel : IQuboAttention<TModel>
    {
        (int heads, int tokens) = (TModel.Descriptor.HeadCount, TModel.Descriptor.Tokens);
        var random = new RandomStream(11);
        List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)> problems = [];
        for (int p = 0; p < Problems; p++)
        {
            var couplings = new float[heads * tokens * tokens];
            var fields = new float[heads * tokens];
            for (int row = 0; row < heads * tokens; row++)
            {
                fields[row] = (float)random.NextNormal();
                (int head, int i) = (row / tokens, row % tokens);
                for (int j = 0; j < i; j++)
                {
                    couplings[(row * tokens) + j] = couplings[(((head * tokens) + j) * tokens) + i] = (float)random.NextNormal();
                }
            }

            problems.Add((couplings, fields));
        }

        return AttentionProblemBatch<TModel>.FromDense(problems);
    }
}
