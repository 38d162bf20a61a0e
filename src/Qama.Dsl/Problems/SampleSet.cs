namespace Qama.Problems;

/// <summary>The states a sampler found: for every problem of a batch, one or more reads of all its selection bits.</summary>
/// <remarks>Slack bits never appear here: they belong to the exported QUBO, not to the selection.</remarks>
public sealed class SampleSet
{
    private readonly byte[] _states;
    private readonly double[] _energies;

    /// <summary>Allocates memory for a batch; reuse it for batches of up to this size.</summary>
    /// <param name="capacity">Largest number of problems, at least 1.</param>
    /// <param name="readCount">Reads per problem, at least 1.</param>
    /// <param name="variableCount">Selection bits per problem.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public SampleSet(int capacity, int readCount, int variableCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(readCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(variableCount);
        Capacity = capacity;
        ReadCount = readCount;
        VariableCount = variableCount;
        _states = new byte[checked(capacity * readCount * variableCount)];
        _energies = new double[capacity * readCount];
    }

    /// <summary>Largest number of problems.</summary>
    public int Capacity { get; }

    /// <summary>Reads per problem.</summary>
    public int ReadCount { get; }

    /// <summary>Selection bits per problem, ordered head, token, bit.</summary>
    public int VariableCount { get; }

    /// <summary>
    /// What the caller asks for: null for the lowest energies that can be found, or a temperature in units of energy at
    /// which the reads are to be drawn from the Boltzmann distribution.
    /// </summary>
    public double? Temperature { get; set; }

    /// <summary>Time the sampler took for the whole batch; a machine's queue included.</summary>
    public TimeSpan SamplingTime { get; set; }

    /// <summary>The origin of the states, for example "simulated annealing, 100 sweeps" or a machine's task id.</summary>
    public string Provenance { get; set; } = "";

    /// <summary>One read of one problem: <see cref="VariableCount"/> values, each 0 or 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public Span<byte> State(int problem, int read = 0) =>
        _states.AsSpan(Index(problem, read) * VariableCount, VariableCount);

    /// <summary>Reads of one problem one after another.</summary>
    internal ReadOnlySpan<byte> States(int problem, int first, int count) =>
        _states.AsSpan(Index(problem, first) * VariableCount, count * VariableCount);

    /// <summary>The energy of one read, in double, of the original problem.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range.</exception>
    public ref double Energy(int problem, int read = 0) => ref _energies[Index(problem, read)];

    /// <summary>Puts the reads of a problem in order of rising energy. Allocates nothing.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is out of range.</exception>
    public void SortReads(int problem)
    {
        Span<double> energies = _energies.AsSpan(Index(problem, 0), ReadCount);
        for (int r = 0; r < energies.Length - 1; r++)
        {
            int least = r;
            for (int other = r + 1; other < energies.Length; other++)
            {
                least = energies[other] < energies[least] ? other : least;
            }

            if (least != r)
            {
                (energies[r], energies[least]) = (energies[least], energies[r]);
                Swap(State(problem, r), State(problem, least));
            }
        }
    }

    private static void Swap(Span<byte> a, Span<byte> b)
    {
        for (int i = 0; i < a.Length; i++)
        {
            (a[i], b[i]) = (b[i], a[i]);
        }
    }

    private int Index(int problem, int read)
    {
        if ((uint)problem >= (uint)Capacity)
        {
            throw new ArgumentOutOfRangeException(nameof(problem), problem, $"Expected a problem index in 0..{Capacity - 1}.");
        }

        if ((uint)read >= (uint)ReadCount)
        {
            throw new ArgumentOutOfRangeException(nameof(read), read, $"Expected a read index in 0..{ReadCount - 1}.");
        }

        return problem * ReadCount + read;
    }
}
