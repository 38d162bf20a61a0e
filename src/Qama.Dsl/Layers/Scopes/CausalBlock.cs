using System.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Layers.Scopes;

/// <summary>
/// What is computed of one block of a causal layer's tokens: its problem, the answers to its queries, their gradients. One object serves
/// one worker; what it works on is handed to it.
/// </summary>
/// <remarks>Pairs are computed in tiles of one head, rows and columns gathered: the first tile's columns are the block's own tokens,
/// then those kept that are variables again; more tiles hold tokens that stay. A number does not depend on what else its tile holds, so a
/// stream, which computes some rows of a block at a time, has the same bits.</remarks>
internal sealed partial class CausalBlock<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T _half = T.CreateTruncating(0.5);

    private readonly QuboAttentionLayer<T> _layer;
    private readonly ModelDescriptor _model;
    private readonly CausalShape _shape;
    private readonly int _dim;
    private readonly int _dimStride;
    private readonly Side _row;
    private readonly Side _column;
    private readonly int[] _columns;
    private readonly T[] _forward; // F of rows and columns, [tile, stride]
    private readonly T[] _backward; // F of columns and rows
    private readonly T[] _scores; // [block, row length]
    private readonly T[] _weights;
    private readonly T[] _gradient;
    private readonly T[] _values; // [dim, row length]
    private readonly T[] _turned; // [row length, dim stride]
    private readonly T[] _fields; // [row length]
    private readonly T[] _fieldsGradient;
    private readonly T[] _results; // [block, dim stride]
    private readonly T[] _penalties; // [stride]
    private readonly T[] _interacting;
    private readonly T[] _scratch;

    public CausalBlock(QuboAttentionLayer<T> layer)
    {
        _layer = layer;
        _model = layer.Model;
        _shape = new CausalShape(_model);
        _dim = _model.HeadDim;
        _dimStride = Padding.Stride(_dim);
        (_row, _column) = (new Side(_shape, _dim), new Side(_shape, _dim));
        _columns = new int[_shape.Tile];
        (_forward, _backward) = (new T[_shape.Tile * _shape.Stride], new T[_shape.Tile * _shape.Stride]);
        int rows = checked(_shape.Block * _shape.RowLength);
        (_scores, _weights, _gradient) = (new T[rows], new T[rows], new T[rows]);
        _values = new T[checked(_dim * _shape.RowLength)];
        _turned = new T[checked(_dimStride * _shape.RowLength)];
        (_fields, _fieldsGradient) = (new T[_shape.RowLength], new T[_shape.RowLength]);
        _results = new T[_shape.Block * _dimStride];
        (_penalties, _interacting) = (new T[_shape.Stride], new T[_shape.Stride]);
        _scratch = new T[layer.KernelScratch];
    }

    /// <summary>Numbers of its memory.</summary>
    public static long LengthOf(ModelDescriptor model, long kernelScratch, CausalShape shape)
    {
        long dim = model.HeadDim, rows = shape.RowLength;
        return (8 * dim * shape.Stride) + (2L * shape.Tile * shape.Stride) + (3L * shape.Block * rows)
            + ((dim + Padding.Stride(model.HeadDim) + 2) * rows) + ((long)shape.Block * Padding.Stride(model.HeadDim))
            + (2 * shape.Stride) + kernelScratch;
    }

    /// <summary>Fields of tokens that follow one another.</summary>
    public void ComputeFields(in TokenFeatures<T> tokens, OwnTokens own)
    {
        for (int first = 0; first < own.Count && _model.HasField; first += _shape.Tile)
        {
            int count = TakeInOrder(own, first);
            for (int h = 0; h < _model.HeadCount; h++)
            {
                Gather(tokens.Value, tokens.Stride, h, count, _column.Key);
                Span<T> fields = _penalties;
                _layer.ComputeCoefficients(new SampleBuffers<T>
                {
                    Head = h, Value = _column.Key, Fields = fields, ColumnPositions = _column.Positions, TokenCount = count,
                    Scratch = _scratch,
                });
                fields[..count].CopyTo(tokens.Fields[((h * tokens.Stride) + own.Column + first)..]);
            }
        }
    }

    /// <summary>From gradients of fields to those of values and learnables.</summary>
    public void DifferentiateFields(
        in TokenFeatures<T> tokens, in TokenFeatures<T> gradients, OwnTokens own, Span<T> learnablesGradient)
    {
        for (int first = 0; first < own.Count && _model.HasField; first += _shape.Tile)
        {
            int count = TakeInOrder(own, first);
            for (int h = 0; h < _model.HeadCount; h++)
            {
                Gather(tokens.Value, tokens.Stride, h, count, _column.Key);
                Array.Clear(_column.KeyGradient);
                Span<T> fields = _penalties;
                fields.Clear();
                gradients.Fields.Slice((h * tokens.Stride) + own.Column + first, count).CopyTo(fields);
                _layer.BackwardCoefficients(new SampleBuffers<T>
                {
                    Head = h, Value = _column.Key, ValueGradient = _column.KeyGradient, FieldsGradient = fields,
                    LearnablesGradient = learnablesGradient, ColumnPositions = _column.Positions, TokenCount = count, Scratch = _scratch,
                });
                Scatter(_column.KeyGradient, count, gradients.Value, gradients.Stride, h);
            }
        }
    }

    /// <summary>Columns of a tile that holds tokens in their order.</summary>
    private int TakeInOrder(OwnTokens own, int first)
    {
        int count = Math.Min(_shape.Tile, own.Count - first);
        for (int c = 0; c < count; c++)
        {
            (_columns[c], _column.Positions[c]) = (own.Column + first + c, own.Position + first + c);
        }

        return count;
    }

    /// <summary>Columns of a tile of a head.</summary>
    /// <returns>How many there are.</returns>
    /// <remarks>In the place of own tokens that are still to come the first is repeated: numbers that nothing reads, and are finite.</remarks>
    private int TakeTile(OwnTokens own, KeptTokens<T> kept, int head, int tile)
    {
        int from = tile == 0 ? 0 : (tile - 1) * _shape.Tile;
        int count = 0;
        for (; tile == 0 && count < _shape.Block; count++)
        {
            int token = count < own.Count ? count : 0;
            (_columns[count], _column.Positions[count]) = (own.Column + token, own.Position + token);
        }

        if (tile == 0 && _shape.Kept == 0)
        {
            return count;
        }

        ReadOnlySpan<int> columns = kept.Columns(head), positions = kept.Positions(head);
        for (int s = from; s < columns.Length && count < _shape.Tile; s++, count++)
        {
            (_columns[count], _column.Positions[count]) = (columns[s], positions[s]);
        }

        return count;
    }

    private void Gather(ReadOnlySpan<T> features, int stride, int head, int count, Span<T> target)
    {
        for (int d = 0; d < _dim; d++)
        {
            ReadOnlySpan<T> source = features.Slice(((head * _dim) + d) * stride, stride);
            Span<T> row = target.Slice(d * _shape.Stride, _shape.Stride);
            for (int c = 0; c < count; c++)
            {
                row[c] = source[_columns[c]];
            }

            row[count..].Clear();
        }
    }

    private void Scatter(ReadOnlySpan<T> gathered, int count, Span<T> features, int stride, int head)
    {
        for (int d = 0; d < _dim; d++)
        {
            ReadOnlySpan<T> row = gathered.Slice(d * _shape.Stride, count);
            Span<T> target = features.Slice(((head * _dim) + d) * stride, stride);
            for (int c = 0; c < count; c++)
            {
                target[_columns[c]] += row[c];
            }
        }
    }

    /// <summary>Queries and keys of some of a block's own tokens, as rows.</summary>
    private void TakeRows(in TokenFeatures<T> tokens, OwnTokens own, int head, int first, int count)
    {
        for (int d = 0; d < _dim; d++)
        {
            int start = (((head * _dim) + d) * tokens.Stride) + own.Column + first;
            tokens.Query.Slice(start, count).CopyTo(_row.Query.AsSpan(d * _shape.Stride));
            tokens.Key.Slice(start, count).CopyTo(_row.Key.AsSpan(d * _shape.Stride));
        }

        for (int r = 0; r < count; r++)
        {
            _row.Positions[r] = own.Position + first + r;
        }
    }

    /// <summary>Keys of a tile's columns, and their queries where both orders of a pair count.</summary>
    private int TakeColumns(
        in TokenFeatures<T> tokens, OwnTokens own, KeptTokens<T> kept, int head, int tile, bool bothOrders)
    {
        int count = TakeTile(own, kept, head, tile);
        if (bothOrders)
        {
            Gather(tokens.Query, tokens.Stride, head, count, _column.Query);
        }

        Gather(tokens.Key, tokens.Stride, head, count, _column.Key);
        return count;
    }

    /// <summary>F of the queries of one side and the keys of another.</summary>
    private void Similarities(int head, Side rows, int rowCount, Side columns, int columnCount, Span<T> result) =>
        _layer.ComputeCoefficients(new SampleBuffers<T>
        {
            Head = head, Query = rows.Query, Key = columns.Key, Couplings = result, RowPositions = rows.Positions,
            ColumnPositions = columns.Positions, RowCount = rowCount, TokenCount = columnCount, Scratch = _scratch,
        });

    /// <summary>Adds what ∂L/∂F gives to the gradients of the sides and of learnables.</summary>
    private void Differentiate(
        int head, Side rows, int rowCount, Side columns, int columnCount, Span<T> gradient, Span<T> learnablesGradient) =>
        _layer.BackwardCoefficients(new SampleBuffers<T>
        {
            Head = head, Query = rows.Query, Key = columns.Key, CouplingsGradient = gradient, QueryGradient = rows.QueryGradient,
            KeyGradient = columns.KeyGradient, LearnablesGradient = learnablesGradient, RowPositions = rows.Positions,
            ColumnPositions = columns.Positions, RowCount = rowCount, TokenCount = columnCount, Scratch = _scratch,
        });

    /// <summary>The rows or the columns of a tile, feature-major.</summary>
    private sealed class Side(CausalShape shape, int dim)
    {
        public T[] Query { get; } = new T[dim * shape.Stride];

        public T[] Key { get; } = new T[dim * shape.Stride];

        public T[] QueryGradient { get; } = new T[dim * shape.Stride];

        public T[] KeyGradient { get; } = new T[dim * shape.Stride];

        public int[] Positions { get; } = new int[shape.Tile];

        public void ClearGradients()
        {
            Array.Clear(QueryGradient);
            Array.Clear(KeyGradient);
        }
    }
}
