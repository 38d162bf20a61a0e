using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Examples.Quickstart;

/// <summary>The optimisation problem behind one sample, as a QUBO, as spins, and its optimum.</summary>
internal static class Problems
{
    public static async Task RunAsync()
    {
        var layer = new FindMarked(seed: 1);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(batch: 4);
        var random = new Random(1);
        float[] input = [.. Enumerable.Range(0, 4 * 8 * 8).Select(_ => random.NextSingle() - 0.5f)];
        layer.Forward(input, new float[4 * 8 * 8], workspace, new SimulatedAnnealingSampler());

        QuboMatrix qubo = workspace.Problems.ToQubo(problem: 0);
        IsingProblem ising = qubo.ToIsing();
        Console.WriteLine(qubo);
        Console.WriteLine(ising);

        // All spins up is all variables 1.
        byte[] ones = [.. Enumerable.Repeat((byte)1, qubo.Size)];
        sbyte[] up = [.. Enumerable.Repeat((sbyte)1, ising.Size)];
        Console.WriteLine($"{qubo.Energy(ones):0.000} = {ising.Energy(up):0.000}");

        // Samplers answer in selection bits; slack belongs to the exported QUBO alone.
        var exact = new SampleSet(workspace.Problems.Count, readCount: 3, FindMarked.VariableCount);
        await new ExactSampler().SampleAsync(workspace.Problems, exact, new SamplingKey(1));
        var annealed = new SampleSet(workspace.Problems.Count, readCount: 3, FindMarked.VariableCount);
        await new SimulatedAnnealingSampler { Sweeps = 100 }.SampleAsync(workspace.Problems, annealed, new SamplingKey(1));
        for (int read = 0; read < 3; read++)
        {
            Console.WriteLine($"exact {exact.Energy(0, read):0.000}   annealed {annealed.Energy(0, read):0.000}");
        }

        Console.WriteLine(annealed.Provenance);
    }
}
