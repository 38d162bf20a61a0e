using System.Numerics;
using Qama.Layers.Scopes;
using Qama.Numerics.Matrices;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers;

/// <summary>
/// A sequence that a causal layer reads as it comes: tokens are appended, one by one or many at a time, and answered at once. A block's
/// selection is made when the block is full. Outputs are those of a pass over the whole sequence, to the bit.
/// </summary>
/// <typeparam name="T">Element type.</typeparam>
/// <remarks>Made by <see cref="QuboAttentionLayer{T}.CreateStream"/>. With a memory (<see cref="ModelDescriptor.KeptTokens"/>) the state
/// has a fixed size and the sequence may be of any length; without, it is of no more than <see cref="ModelDescriptor.Tokens"/>. Positions
/// count from the first token; what a declaration takes from the number of tokens (the longest distance) stays that of the
/// declaration. The layer's parameters must stay what they are while a stream is in use. Appending allocates nothing where the
/// sampler does not. A stream is for one thread at a time.</remarks>
public sealed partial class TokenStream<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Chunk = 16; // tokens that are projected together: a register's

    private readonly QuboAttentionLayer<T> _layer;
    private readonly ModelDescriptor _model;
    private readonly CausalShape _shape;
    private readonly ISampler _sampler;
    private readonly InputStage<T> _input;
    private readonly CausalBlock<T> _block;
    private readonly KeptTokens<T> _kept;
    private readonly AttentionProblemBatch _problems;
    private readonly SampleSet _samples;
    private readonly float[] _couplings;
    private readonly float[] _fields;
    private readonly T[] _features; // query, key, value [3, heads·dim, stride], then fields [heads, stride]
    private readonly int _stride;
    private readonly T[] _weights;
    private readonly T[] _shifts;
    private readonly T[] _tokens; // [chunk, width]
    private readonly T[] _normalised;
    private readonly T[] _inverse = new T[Chunk];
    private readonly T[] _featureMajor;
    private readonly T[] _projected;
    private SamplingKey _key;
    private int _first; // position of the block's first token
    private int _own; // tokens of the block so far

    internal TokenStream(
        QuboAttentionLayer<T> layer, ISampler sampler, SamplingKey key, Func<int, float[], float[], AttentionProblemBatch> createProblems)
    {
        (_layer, _model, _sampler, _key) = (layer, layer.Model, sampler, key);
        _shape = new CausalShape(_model);
        _input = layer.InputStage.ForTokens(Chunk);
        _block = new CausalBlock<T>(layer);
        _kept = new KeptTokens<T>(_model, _shape);
        int rows = _model.HeadCount * _shape.ProblemStride;
        (_couplings, _fields) = (new float[rows * _shape.Candidates], new float[rows]);
        _problems = createProblems(1, _couplings, _fields);
        _problems.HeadTokenCounts = _shape.Kept > 0 ? new int[_model.HeadCount] : null;
        _samples = new SampleSet(1, 1, _model.VariableCount);
        _stride = Padding.Stride(_shape.Kept > 0 ? _shape.Candidates : _model.Tokens);
        _features = new T[_model.StateLength];
        _weights = new T[_model.HasProjection ? 3 * _model.OutputDim * _model.EmbeddingDim : 0];
        _shifts = new T[3 * _model.OutputDim];
        layer.InputStage.Fold(_weights, _shifts);
        _tokens = new T[Chunk * _model.EmbeddingDim];
        _normalised = new T[Chunk * _input.WidthStride];
        _featureMajor = new T[_model.EmbeddingDim * Chunk];
        _projected = new T[_model.OutputDim * Chunk];
    }

    /// <summary>Tokens appended so far.</summary>
    public int Count => _first + _own;

    /// <summary>Appends tokens of one input for query, key and value, and answers them.</summary>
    /// <param name="tokens">[tokens, EmbeddingDim], any number of tokens.</param>
    /// <param name="output">Receives [tokens, HeadCount·HeadDim].</param>
    /// <exception cref="ArgumentException">A length does not match, a number is NaN or infinite, or there are more tokens than the sequence
    /// may have; nothing has changed.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    /// <remarks>What the sampler throws comes from a full block whose selection is then still to be made: <see cref="Count"/> tokens are
    /// appended and answered, and the next call begins with the selection.</remarks>
    public void Append(ReadOnlySpan<T> tokens, Span<T> output) => Append(tokens, tokens, tokens, output, nameof(tokens));

    /// <summary>Appends tokens of separate inputs, each [tokens, EmbeddingDim]; see <see cref="Append(ReadOnlySpan{T}, Span{T})"/>.</summary>
    /// <exception cref="ArgumentException">A length does not match, a number is NaN or infinite, or there are more tokens than the sequence
    /// may have; nothing has changed.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    public void Append(ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output) =>
        Append(query, key, value, output, nameof(query));

    private void Append(ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output, string argument)
    {
        int count = Check(query, key, value, output.Length, argument);
        SelectNow();
        for (int done = 0; done < count;)
        {
            done += Take(query, key, value, output, done, count);
            SelectNow();
        }
    }

    /// <summary>Appends tokens as <see cref="Append(ReadOnlySpan{T}, Span{T})"/> does. No thread is held while a machine computes.</summary>
    /// <exception cref="ArgumentException">A length does not match, a number is NaN or infinite, or there are more tokens than the sequence
    /// may have; nothing has changed.</exception>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while a selection was made: <see cref="Count"/> tokens are appended and
    /// answered, and the next call begins with the selection.</exception>
    public async ValueTask AppendAsync(ReadOnlyMemory<T> tokens, Memory<T> output, CancellationToken cancellationToken = default)
    {
        int count = Check(tokens.Span, tokens.Span, tokens.Span, output.Length, nameof(tokens));
        await SelectAsync(cancellationToken).ConfigureAwait(false);
        for (int done = 0; done < count;)
        {
            done += Take(tokens.Span, tokens.Span, tokens.Span, output.Span, done, count);
            await SelectAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private TokenFeatures<T> Features
    {
        get
        {
            int length = _model.OutputDim * _stride;
            return new TokenFeatures<T>
            {
                Query = _features.AsSpan(0, length), Key = _features.AsSpan(length, length), Value = _features.AsSpan(2 * length, length),
                Fields = _features.AsSpan(3 * length), Stride = _stride,
            };
        }
    }

    /// <summary>Where the block's tokens are: of a memory in front of what is kept.</summary>
    private OwnTokens Own => new(_shape.Kept > 0 ? 0 : _first, _first, _own);

    private int Check(ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, int output, string argument)
    {
        int width = _model.EmbeddingDim, count = query.Length / width;
        if (count * width != query.Length || key.Length != query.Length || value.Length != query.Length)
        {
            throw new ArgumentException(
                $"Expected inputs of equal length, a multiple of {width}, got {query.Length}, {key.Length} and {value.Length} numbers.",
                argument);
        }

        if (output != count * _model.OutputDim)
        {
            throw new ArgumentException($"Expected an output of {count} x {_model.OutputDim} numbers, got {output}.", nameof(output));
        }

        int room = (_shape.Kept > 0 ? int.MaxValue - _shape.Block : _model.Tokens) - Count;
        if (count > room)
        {
            throw new ArgumentException($"Expected at most {room} tokens more of the sequence, got {count}.", argument);
        }

        RequireFinite(query, width, argument);
        RequireFinite(key, width, argument);
        RequireFinite(value, width, argument);
        return count;
    }

    private static void RequireFinite(ReadOnlySpan<T> values, int width, string argument)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!T.IsFinite(values[i]))
            {
                throw new ArgumentException($"Expected finite numbers, got {values[i]} in token {i / width}.", argument);
            }
        }
    }

    /// <summary>Appends and answers a few tokens, at most to the end of the block.</summary>
    private int Take(
        ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output, int done, int all)
    {
        int count = Math.Min(Math.Min(Chunk, all - done), _shape.Block - _own), width = _model.EmbeddingDim;
        TokenFeatures<T> features = Features;
        Project(InputRole.Query, query.Slice(done * width, count * width), features.Query);
        Project(InputRole.Key, key.Slice(done * width, count * width), features.Key);
        Project(InputRole.Value, value.Slice(done * width, count * width), features.Value);
        OwnTokens own = Own;
        _block.ComputeFields(features, new OwnTokens(own.Column + _own, own.Position + _own, count));
        _block.Read(
            features, own with { Count = _own + count }, _kept, _own,
            output.Slice(done * _model.OutputDim, count * _model.OutputDim));
        _own += count;
        return count;
    }

    private void Project(InputRole role, ReadOnlySpan<T> input, Span<T> features)
    {
        int count = input.Length / _model.EmbeddingDim;
        input.CopyTo(_tokens);
        _input.Normalise(_tokens, Chunk, count, _normalised, _inverse);
        Padding.Transpose<T>(_normalised, _input.WidthStride, _featureMajor, Chunk, Chunk, _model.EmbeddingDim);
        _input.Project(role, _featureMajor, _weights, _shifts, _projected);
        int start = Own.Column + _own;
        for (int o = 0; o < _model.OutputDim; o++)
        {
            _projected.AsSpan(o * Chunk, count).CopyTo(features[((o * _stride) + start)..]);
        }
    }

    private void SelectNow()
    {
        if (_own < _shape.Block)
        {
            return;
        }

        QuboAttentionLayer<T>.Wait(SampleAsync(default));
        TakeSelection();
    }

    private async ValueTask SelectAsync(CancellationToken cancellationToken)
    {
        if (_own == _shape.Block)
        {
            await SampleAsync(cancellationToken).ConfigureAwait(false);
            TakeSelection();
        }
    }

    private ValueTask SampleAsync(CancellationToken cancellationToken)
    {
        _block.WriteProblem(Features, Own, _kept, _couplings, _fields);
        _problems.TokenCounts[0] = _shape.Block + (_shape.Kept > 0 ? _kept.LargestCount() : 0);
        for (int h = 0; h < _model.HeadCount && _problems.HeadTokenCounts is not null; h++)
        {
            _problems.HeadTokenCounts[h] = _shape.Block + _kept.Counts[h];
        }

        _problems.UpdatePenaltyWeights(0);
        if (!_problems.IsFinite(0))
        {
            throw new NotFiniteNumberException($"{_model.Name}: the block of token {_first} has a coupling or field that is NaN or infinite.");
        }

        return _sampler.SampleAsync(_problems, _samples, CausalPass<T>.KeyOf(_key, _first / _shape.Block), cancellationToken);
    }

    private void TakeSelection()
    {
        _kept.Take(Own, _samples.State(0));
        if (_shape.Kept > 0)
        {
            MoveKept();
        }

        (_first, _own) = (_first + _shape.Block, 0);
    }

    /// <summary>Moves what is kept behind the block's columns. Kept tokens only move to the front, own ones to where these were.</summary>
    private void MoveKept()
    {
        TokenFeatures<T> features = Features;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            Span<int> columns = _kept.Columns(h);
            for (int s = 0; s < columns.Length; s++)
            {
                (int from, int to) = (columns[s], _shape.Block + s);
                for (int row = h * _model.HeadDim; row < (h + 1) * _model.HeadDim && from != to; row++)
                {
                    features.Query[(row * _stride) + to] = features.Query[(row * _stride) + from];
                    features.Key[(row * _stride) + to] = features.Key[(row * _stride) + from];
                    features.Value[(row * _stride) + to] = features.Value[(row * _stride) + from];
                }

                if (_model.HasField)
                {
                    features.Fields[(h * _stride) + to] = features.Fields[(h * _stride) + from];
                }

                columns[s] = to;
            }
        }
    }
}
