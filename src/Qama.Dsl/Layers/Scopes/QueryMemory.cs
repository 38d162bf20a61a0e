using System.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Layers.Scopes;

/// <summary>What the workers of a <see cref="QueryPass{T}"/> work in.</summary>
internal sealed class QueryMemory<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _stride;
    private readonly int _pairs;
    private readonly int _rows;
    private readonly int _values;
    private readonly int _contributions;
    private readonly T[] _weights;
    private readonly T[] _mean;
    private readonly T[] _row;
    private readonly T[] _selected;
    private readonly T[] _tokenMajor;
    private readonly T[] _pairGradients;
    private readonly double[] _reads;
    private readonly T[] _queries;
    private readonly int _queriesLength;

    public QueryMemory(ModelDescriptor model, int workers)
    {
        (_stride, _rows) = (Padding.Stride(model.KeyTokens), Padding.Stride(model.HeadDim));
        _pairs = checked(model.Tokens * _stride);
        _values = checked((model.Tokens + Math.Max(model.Tokens, model.KeyTokens)) * _rows);
        _contributions = model.ReadCount > 1 ? checked(model.ProblemsPerSample * model.ReadCount) : 0;
        _weights = new T[checked(workers * _pairs)];
        _mean = new T[HasMean(model) ? _weights.Length : 0];
        _row = new T[workers * _stride];
        _selected = new T[workers * _stride];
        _tokenMajor = new T[checked(workers * _values)];
        PairsLength = model.LearnedCoupling is null ? 0 : checked(model.HeadCount * model.Queries.Units * Padding.Stride(model.Queries.Units));
        _pairGradients = new T[checked(workers * PairsLength)];
        _queriesLength = model.HasOwnKeys ? checked(model.HeadDim * _stride) : 0;
        _queries = new T[checked(2 * workers * _queriesLength)];
        _reads = new double[checked(workers * _contributions)];
    }

    /// <summary>Numbers of <see cref="PairGradient"/>.</summary>
    public int PairsLength { get; }

    /// <summary>Row length of a token's padded value.</summary>
    public int ValueStride => _rows;

    /// <summary>Bytes of the memory of so many workers.</summary>
    public static long Bytes(ModelDescriptor model, long workers, int size)
    {
        long stride = Padding.Stride(model.KeyTokens), rows = Padding.Stride(model.HeadDim), units = model.Queries.Units;
        long pairs = model.Tokens * stride * (HasMean(model) ? 2 : 1);
        long values = (model.Tokens + Math.Max(model.Tokens, model.KeyTokens)) * rows;
        long learned = model.LearnedCoupling is null ? 0 : model.HeadCount * units * Padding.Stride((int)units);
        long reads = model.ReadCount > 1 ? (long)model.ProblemsPerSample * model.ReadCount : 0;
        long queries = model.HasOwnKeys ? 2 * model.HeadDim * stride : 0;
        return workers * ((size * (queries + pairs + values + learned + (2 * stride))) + (sizeof(double) * reads));
    }

    /// <summary>Weights of one read, or attention, [queries, stride].</summary>
    public Span<T> Weights(int worker) => _weights.AsSpan(worker * _pairs, _pairs);

    /// <summary>The mean of weights or attention over reads, [queries, stride]; empty where nothing but energies is averaged.</summary>
    public Span<T> Mean(int worker) => _mean.AsSpan(worker * _pairs, _pairs);

    /// <summary>One number a key, [stride].</summary>
    public Span<T> Row(int worker) => _row.AsSpan(worker * _stride, _stride);

    /// <summary>Some queries of a head in rows as long as those of keys, [dim, stride]; where keys are a sequence of their own.</summary>
    public Span<T> Queries(int worker) => _queries.AsSpan(2 * worker * _queriesLength, _queriesLength);

    /// <summary>Their gradients.</summary>
    public Span<T> QueriesGradient(int worker) => _queries.AsSpan(((2 * worker) + 1) * _queriesLength, _queriesLength);

    /// <summary>Selection weights of a problem, by key, [stride].</summary>
    public Span<T> Selected(int worker) => _selected.AsSpan(worker * _stride, _stride);

    /// <summary>Rows of queries and then of keys or queries, each a head's width padded.</summary>
    public Span<T> TokenMajor(int worker) => _tokenMajor.AsSpan(worker * _values, _values);

    /// <summary>The gradient by couplings between units, of all ordered pairs, [heads, units, stride].</summary>
    public Span<T> PairGradient(int worker) => _pairGradients.AsSpan(worker * PairsLength, PairsLength);

    /// <summary>Σ y·∂L/∂y of every read of every problem, [problems, reads].</summary>
    public Span<double> Contributions(int worker) => _reads.AsSpan(worker * _contributions, _contributions);

    private static bool HasMean(ModelDescriptor model) =>
        model is { ReadCount: > 1, ReadoutKind: ReadoutKind.SelectedAttention or ReadoutKind.MarginalAttention };
}
