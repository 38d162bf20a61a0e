using System.Numerics;

namespace Qama.Layers;

/// <summary>What the workers of a pass need when the output is the mean over several reads.</summary>
internal sealed class ReadMemory<T>(int workers, int reads, int outputLength, int couplingsLength, int fieldsLength)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T[] _output = new T[workers * outputLength];
    private readonly T[] _outputGradient = new T[workers * outputLength];
    private readonly T[] _couplingsGradient = new T[workers * couplingsLength];
    private readonly T[] _fieldsGradient = new T[workers * fieldsLength];
    private readonly double[] _contributions = new double[workers * reads];

    /// <summary>The output of one read.</summary>
    public Span<T> Output(int worker) => _output.AsSpan(worker * outputLength, outputLength);

    /// <summary>A read's share of ∂L/∂output.</summary>
    public Span<T> OutputGradient(int worker) => _outputGradient.AsSpan(worker * outputLength, outputLength);

    /// <summary>∂L/∂J of one read.</summary>
    public Span<T> CouplingsGradient(int worker) => _couplingsGradient.AsSpan(worker * couplingsLength, couplingsLength);

    /// <summary>∂L/∂f of one read.</summary>
    public Span<T> FieldsGradient(int worker) => _fieldsGradient.AsSpan(worker * fieldsLength, fieldsLength);

    /// <summary>Σ y·∂L/∂y of every read.</summary>
    public Span<double> Contributions(int worker) => _contributions.AsSpan(worker * reads, reads);
}
