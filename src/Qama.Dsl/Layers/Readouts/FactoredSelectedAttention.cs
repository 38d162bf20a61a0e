using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>
/// <see cref="SelectedAttention"/> of a similarity that is a product of features and is never written down: y_i = Σ_j
/// p_ij v_j with
/// p_ij ∝ s_j exp(c a_i·b_j + f_j) over the selected tokens j that i sees, itself among them. Outputs and gradients in
/// time that grows with
/// tokens times selected tokens, in memory that grows with the tokens.
/// </summary>
/// <typeparam name="TEnergy">The model's energy: shapes and pairs that interact, constants to the JIT.</typeparam>
/// <typeparam name="T">Element type.</typeparam>
/// <remarks>
/// What a head selected is gathered side by side; then blocks of tokens, of which several share a register, meet chunks
/// of it.
/// A running largest number keeps exponentials in range, as in Milakov and Gimelshein, arXiv 1805.02867; the gradient
/// computes them anew,
/// as in Dao et al., arXiv 2205.14135. Derivation: docs/mathematics.md, "Attention over selected tokens".
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class FactoredSelectedAttention<TEnergy, T>
    where TEnergy : struct, IDeclaredEnergy
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int BlockLength = 64; // tokens
    private const int ChunkLength = 64; // selected tokens

    private static int Stride => Padding.Stride(TEnergy.Tokens);

    private static bool HidesPairs => TEnergy.CouplingWindow > 0 || TEnergy.CouplingBlock > 0;

    /// <summary>Elements of scratch memory that output and gradient need.</summary>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="dim">Numbers of a token's value in a head.</param>
    /// <exception cref="OverflowException">They fit into no array.</exception>
    public static int ScratchLength(int rank, int dim)
    {
        (int rankStride, int dimStride) = (Padding.Stride(rank), Padding.Stride(dim));
        long gathered = (long)TEnergy.Tokens * (rank + dim + rankStride + dimStride + 6);
        long block = BlockLength * (rankStride + (2L * dimStride) + dim + 3);
        return checked((int)(gathered + block + (2 * ChunkLength * BlockLength)));
    }

    /// <summary>The output y[i, h·D + d] = Σ_j p[h,i,j] v[h,j,d]; 0 where a token sees nothing selected, and of absent
    /// tokens.</summary>
    /// <param name="sample">Features, fields, selection and value.</param>
    /// <param name="factor">c.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="output">Receives y, [tokens, heads·D].</param>
    public static void Read(in SampleBuffers<T> sample, double factor, int rank, Span<T> output)
    {
        var action = new ReadAction(sample, factor, rank, output);
        VectorPath.Run<T, ReadAction>(ref action);
    }

    /// <summary>The gradients that the output's gives, the selection held.</summary>
    /// <param name="sample">Features, fields, selection and value; the gradients of features and value are added to,
    /// that of fields is
    /// replaced.</param>
    /// <param name="factor">c.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    public static void BackwardRead(
        in SampleBuffers<T> sample, double factor, int rank, ReadOnlySpan<T> outputGradient)
    {
        var action = new BackwardAction(sample, factor, rank, outputGradient);
        VectorPath.Run<T, BackwardAction>(ref action);
    }

    private static void Read<TVector>(in SampleBuffers<T> sample, T factor, int rank, Span<T> output)
        where TVector : struct, IVector<TVector, T>
    {
        int dim = sample.Value.Length / (TEnergy.Heads * Stride);
        var memory = new Memory(sample.Scratch, rank, dim);
        output[(sample.TokenCount * TEnergy.Heads * dim)..].Clear();
        for (int h = sample.HeadsBefore; h < TEnergy.Heads - sample.HeadsAfter; h++)
        {
            var selected = new Selected(Gather(sample, h, memory), HidesPairs);
            for (int first = 0; first < sample.TokenCount; first += BlockLength)
            {
                selected.MoveTo(memory, first);
                ReadBlock<TVector>(sample, h, factor, selected, memory, first);
                int dimStride = Padding.Stride(dim), count = Math.Min(BlockLength, sample.TokenCount - first);
                Padding.Transpose<T>(memory.Results, BlockLength, memory.Turned, dimStride, dim, count);
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<T> own = memory.Turned.Slice(i * dimStride, dim);
                    own.CopyTo(output[((((first + i) * TEnergy.Heads) + h) * dim)..]);
                }
            }
        }
    }

    // Results ← y of a block, [dim, block].
    private static void ReadBlock<TVector>(
        in SampleBuffers<T> sample, int head, T factor, in Selected selected, in Memory memory, int first)
        where TVector : struct, IVector<TVector, T>
    {
        memory.Results.Clear();
        memory.Sums.Clear();
        int length = Math.Min(BlockLength, Stride - first);
        for (int chunk = selected.First; chunk < selected.End; chunk += ChunkLength)
        {
            int count = Math.Min(ChunkLength, selected.End - chunk);
            Score(sample, head, factor, memory, chunk, count, first, length);
            Weigh<TVector>(memory, new Chunk(chunk, count), first, length, selected.AreHidden,
                isFirst: chunk == selected.First, memory.Results, default);
            MatrixProduct.Multiply<T>(
                memory.Values[(chunk * memory.Dim)..], 1, memory.Dim, memory.Scores, BlockLength, memory.Results,
                BlockLength,
                memory.Dim, count, length, accumulate: true);
        }

        for (int t = 0; t < length; t += TVector.Count)
        {
            TVector inverse = Inverse(TVector.Load(memory.Sums, t));
            for (int d = 0; d < memory.Dim; d++)
            {
                int at = (d * BlockLength) + t;
                TVector.Store(memory.Results, at, inverse * TVector.Load(memory.Results, at));
            }
        }
    }

    // Scores ← c a·b of a chunk, [chunk, block].
    private static void Score(
        in SampleBuffers<T> sample, int head, T factor, in Memory memory, int chunk, int count, int first,
        int length) =>
        MatrixProduct.Multiply<T>(
            memory.Keys[(chunk * memory.Rank)..], memory.Rank, 1,
            sample.RowFeatures[((head * memory.Rank * Stride) + first)..], Stride,
            memory.Scores, BlockLength, count, memory.Rank, length, factor, accumulate: false);

    // Scores become weights s exp(score + f − the largest so far); what came before is brought to the new largest
    // number.
    private static void Weigh<TVector>(
        in Memory memory, Chunk chunk, int first, int length, bool areHidden, bool isFirst, Span<T> results,
        ReadOnlySpan<T> gradient)
        where TVector : struct, IVector<TVector, T>
    {
        for (int t = 0; t < length; t += TVector.Count)
        {
            TVector before = isFirst ? TVector.All(T.NegativeInfinity) : TVector.Load(memory.Largest, t);
            TVector largest = Largest(memory, chunk, first, t, areHidden, before);
            TVector.Store(memory.Largest, t, largest);
            TVector shift = TVector.Choose(TVector.EqualTo(largest, TVector.All(T.NegativeInfinity)), TVector.Zero,
                largest);
            (TVector sum, TVector shares) = (TVector.Zero, TVector.Zero);
            if (!isFirst)
            {
                TVector rescale = SoftmaxWeights<TVector, T>.Of(before - shift);
                sum = rescale * TVector.Load(memory.Sums, t);
                shares = rescale * TVector.Load(memory.Shares, t);
                for (int at = t; at < results.Length; at += BlockLength)
                {
                    TVector.Store(results, at, rescale * TVector.Load(results, at));
                }
            }

            ref T scores = ref memory.Scores[t];
            ReadOnlySpan<T> weights = memory.Weights.Slice(chunk.First, chunk.Count);
            for (int c = 0; c < weights.Length; c++)
            {
                TVector weight = weights[c] * SoftmaxWeights<TVector, T>.Of(TVector.Load(ref scores, c * BlockLength) - shift);
                TVector.Store(ref scores, c * BlockLength, weight);
                sum += weight;
            }

            for (int c = 0; c < weights.Length && !gradient.IsEmpty; c++)
            {
                shares = TVector.FusedMultiplyAdd(
                    TVector.Load(ref scores, c * BlockLength), TVector.Load(gradient, (c * BlockLength) + t), shares);
            }

            TVector.Store(memory.Sums, t, sum);
            TVector.Store(memory.Shares, t, shares);
        }
    }

    // Adds fields to scores, writes −∞ where a token does not see a selected one, and returns the largest number so
    // far.
    private static TVector Largest<TVector>(in Memory memory, Chunk chunk, int first, int t, bool areHidden,
        TVector before)
        where TVector : struct, IVector<TVector, T>
    {
        ref T scores = ref memory.Scores[t];
        ReadOnlySpan<T> fields = memory.Fields.Slice(chunk.First, chunk.Count);
        TVector largest = before;
        if (!areHidden)
        {
            for (int c = 0; c < fields.Length; c++)
            {
                TVector score = TVector.Load(ref scores, c * BlockLength) + TVector.All(fields[c]);
                largest = TVector.MaxNative(score, largest);
                TVector.Store(ref scores, c * BlockLength, score);
            }

            return largest;
        }

        ReadOnlySpan<T> from = memory.From.Slice(chunk.First, chunk.Count),
            to = memory.To.Slice(chunk.First, chunk.Count);
        TVector token = TVector.Indices + TVector.All(T.CreateTruncating(first + t));
        for (int c = 0; c < fields.Length; c++)
        {
            TVector sees = TVector.GreaterThanOrEqual(token, TVector.All(from[c]))
                & TVector.LessThan(token, TVector.All(to[c]));
            TVector score = TVector.Load(ref scores, c * BlockLength) + TVector.All(fields[c]);
            score = TVector.Choose(sees, score, TVector.All(T.NegativeInfinity));
            largest = TVector.MaxNative(score, largest);
            TVector.Store(ref scores, c * BlockLength, score);
        }

        return largest;
    }

    // 1 over a sum; 0 where nothing was seen.
    private static TVector Inverse<TVector>(TVector sum)
        where TVector : struct, IVector<TVector, T> =>
        TVector.Choose(TVector.EqualTo(sum, TVector.Zero), TVector.Zero, TVector.All(T.One) / sum);

    // What a head selected, side by side, and which tokens see it; returns how many it selected.
    private static int Gather(in SampleBuffers<T> sample, int head, in Memory memory)
    {
        int count = 0;
        for (int j = 0; j < sample.TokenCount; j++)
        {
            T weight = sample.Selection[(head * Stride) + j];
            if (weight > T.Zero)
            {
                (int from, int to) = SeenBy(j);
                memory.Tokens[count] = T.CreateTruncating(j);
                memory.From[count] = T.CreateTruncating(from);
                memory.To[count] = T.CreateTruncating(to);
                memory.Weights[count] = weight;
                memory.Fields[count++] = TEnergy.HasField ? sample.Fields[(head * Stride) + j] : T.Zero;
            }
        }

        Gather(sample.ColumnFeatures.Slice(head * memory.Rank * Stride, memory.Rank * Stride), memory.Tokens[..count],
            memory.Keys, memory.Rank);
        Gather(sample.Value.Slice(head * memory.Dim * Stride, memory.Dim * Stride), memory.Tokens[..count],
            memory.Values, memory.Dim);
        return count;
    }

    // From feature-major memory of all tokens to token-major one of some.
    private static void Gather(ReadOnlySpan<T> source, ReadOnlySpan<T> tokens, Span<T> destination, int features)
    {
        for (int d = 0; d < features; d++)
        {
            ReadOnlySpan<T> row = source.Slice(d * Stride, Stride);
            for (int c = 0; c < tokens.Length; c++)
            {
                destination[(c * features) + d] = row[int.CreateTruncating(tokens[c])];
            }
        }
    }

    // The tokens that see a token: side by side, the first and the one after the last.
    private static (int From, int To) SeenBy(int token)
    {
        (int from, int to) = (0, TEnergy.Tokens);
        if (TEnergy.CouplingWindow > 0)
        {
            (from, to) = (Math.Max(from, token - TEnergy.CouplingWindow),
                (int)Math.Min(to, token + (long)TEnergy.CouplingWindow + 1));
        }

        if (TEnergy.CouplingBlock > 0)
        {
            int first = token / TEnergy.CouplingBlock * TEnergy.CouplingBlock;
            (from, to) = (Math.Max(from, first), (int)Math.Min(to, first + (long)TEnergy.CouplingBlock));
        }

        return (from, to);
    }

    private readonly record struct Chunk(int First, int Count);

    // The part of what a head selected that some token of the block at hand sees; blocks come in order.
    private ref struct Selected(int count, bool areHidden)
    {
        public bool AreHidden { get; } = areHidden;

        public int First { get; private set; }

        public int End { get; private set; } = areHidden ? 0 : count;

        public void MoveTo(in Memory memory, int token)
        {
            T block = T.CreateTruncating(token), end = T.CreateTruncating(token + BlockLength);
            while (AreHidden && First < count && memory.To[First] <= block)
            {
                First++;
            }

            while (AreHidden && End < count && memory.From[End] < end)
            {
                End++;
            }

            End = Math.Max(First, End);
        }
    }

    private readonly ref struct ReadAction(SampleBuffers<T> sample, double factor, int rank, Span<T> output)
        : IVectorAction<T>
    {
        private readonly SampleBuffers<T> _sample = sample;
        private readonly T _factor = T.CreateTruncating(factor);
        private readonly int _rank = rank;
        private readonly Span<T> _output = output;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Read<TVector>(_sample, _factor, _rank, _output);
    }
}
