using Qama.Annealing;
using Qama.Ising;
using Qama.Ising.Files;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Formats;

namespace Qama.Tool.Solving;

/// <summary>Samplers by their names on the command line, and what they search on.</summary>
internal static class Samplers
{
    /// <summary>The one that enumerates: it has no budget.</summary>
    public const string Exact = "exact";

    private const int AlwaysDense = 1024; // variables, 8 MB: a matrix keeps double precision
    private const int LargestSteps = 10_000_000;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["sa", "tabu", "bsb", "cim", "pt", Exact];

    /// <summary>A sampler.</summary>
    /// <param name="name">One of the names.</param>
    /// <param name="sweeps">How often every variable has its turn: sweeps of annealing, flips of tabu search by the
    /// number of variables, steps of the dynamics, sweeps of all replicas together.</param>
    /// <param name="variables">Number of variables.</param>
    /// <param name="threads">Threads for the problems of a batch; 0 for all processors.</param>
    public static ISampler Create(string name, int sweeps, int variables, int threads = 1) => name switch
    {
        "sa" => new SimulatedAnnealingSampler { Sweeps = sweeps, Threads = threads },
        "tabu" => new TabuSampler { Steps = (int)Math.Clamp((long)sweeps * variables, 1, LargestSteps), Threads = threads },
        "bsb" => new BifurcationSampler { Steps = sweeps, Threads = threads },
        "cim" => new CoherentIsingMachineSampler { Steps = sweeps, Threads = threads },
        "pt" => Tempering(sweeps, threads),
        _ => new ExactSampler(),
    };

    /// <summary>The problem as samplers take it: a matrix where many pairs interact, or it is small; terms
    /// otherwise.</summary>
    /// <exception cref="ArgumentException">Coefficients are outside what single precision has.</exception>
    /// <exception cref="InvalidDataException">They are outside what double precision has.</exception>
    public static ProblemBatch Batch(PlainProblem problem)
    {
        problem.RequireFiniteEnergies();
        PlainProblem binary = problem.As(VariableKind.Binary);
        bool dense = problem.Size <= AlwaysDense || (problem.Density > SingleForm.LargestDensity && Fits(problem.Size));
        return dense ? new QuboProblemBatch(Matrix(binary))
            : new SparseProblemBatch(new SparseQubo(binary.Size, binary.Terms, binary.Offset));
    }

    /// <summary>A binary problem as a matrix.</summary>
    public static QuboMatrix Matrix(PlainProblem binary)
    {
        var matrix = new QuboMatrix(binary.Size) { Offset = binary.Offset };
        foreach ((int i, int j, double value) in binary.Terms)
        {
            matrix.AddPair(i, j, value);
        }

        return matrix;
    }

    private static bool Fits(int size) => size <= ProblemHeader.LargestSize
        && 2L * sizeof(double) * size * size < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static ParallelTemperingSampler Tempering(int sweeps, int threads)
    {
        var sampler = new ParallelTemperingSampler { Threads = threads };
        sampler.Rounds = Math.Max(1, sweeps / (sampler.Replicas * sampler.Sweeps));
        return sampler;
    }
}
