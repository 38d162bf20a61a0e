using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <content>The gradient: with p̄_ij = ȳ_i·v_j and δ_i = Σ_j p_ij p̄_ij, that of the score is z̄_ij = p_ij (p̄_ij −
/// δ_i); from it those of
/// a, b and f, and v̄_j = Σ_i p_ij ȳ_i.</content>
public static partial class FactoredSelectedAttention<TEnergy, T>
{
    private static void BackwardRead<TVector>(
        in SampleBuffers<T> sample, T factor, int rank, ReadOnlySpan<T> outputGradient)
        where TVector : struct, IVector<TVector, T>
    {
        int dim = sample.Value.Length / (TEnergy.Heads * Stride);
        var memory = new Memory(sample.Scratch, rank, dim);
        for (int h = sample.HeadsBefore; h < TEnergy.Heads - sample.HeadsAfter; h++)
        {
            int count = Gather(sample, h, memory);
            var selected = new Selected(count, HidesPairs);
            memory.KeysGradient[..(count * Padding.Stride(rank))].Clear();
            memory.ValuesGradient[..(count * Padding.Stride(dim))].Clear();
            memory.FieldsGradient[..count].Clear();
            for (int first = 0; first < sample.TokenCount; first += BlockLength)
            {
                selected.MoveTo(memory, first);
                Load(sample, h, memory, first, outputGradient);
                BackwardBlock<TVector>(sample, h, factor, selected, memory, first);
            }

            ReadOnlySpan<T> tokens = memory.Tokens[..count];
            Scatter(memory.KeysGradient, tokens, Of(sample.ColumnFeaturesGradient, h, rank), rank);
            Scatter(memory.ValuesGradient, tokens, Of(sample.ValueGradient, h, dim), dim);
            if (TEnergy.HasField)
            {
                Span<T> fields = Of(sample.FieldsGradient, h, 1);
                fields.Clear();
                for (int c = 0; c < count; c++)
                {
                    fields[int.CreateTruncating(tokens[c])] = memory.FieldsGradient[c];
                }
            }
        }
    }

    private static void BackwardBlock<TVector>(
        in SampleBuffers<T> sample, int head, T factor, in Selected selected, in Memory memory, int first)
        where TVector : struct, IVector<TVector, T>
    {
        int length = Math.Min(BlockLength, Stride - first);
        memory.Sums.Clear();
        memory.Shares.Clear();
        for (int chunk = selected.First; chunk < selected.End; chunk += ChunkLength)
        {
            Prepare(sample, chunk, memory, selected);
            Weigh<TVector>(
                memory, new Chunk(chunk, Count(chunk, selected)), first, length, selected.AreHidden,
                isFirst: chunk == selected.First, [],
                memory.ScoresGradient);
        }

        bool areKept = selected.End - selected.First <= ChunkLength; // weights of the only chunk
        int present = sample.TokenCount - first;
        for (int chunk = selected.First; chunk < selected.End; chunk += ChunkLength)
        {
            int count = Count(chunk, selected);
            if (!areKept)
            {
                Prepare(sample, chunk, memory, selected);
            }

            WriteGradients<TVector>(memory, new Chunk(chunk, count), first, length, present, selected.AreHidden,
                areKept);
            (int rankStride, int dimStride) = (Padding.Stride(memory.Rank), Padding.Stride(memory.Dim));
            MatrixProduct.Multiply<T>(
                memory.Scores, BlockLength, 1, memory.OutputGradient, dimStride,
                memory.ValuesGradient[(chunk * dimStride)..], dimStride,
                count, length, dimStride, accumulate: true);
            MatrixProduct.Multiply<T>(
                memory.ScoresGradient, BlockLength, 1, memory.Queries, rankStride,
                memory.KeysGradient[(chunk * rankStride)..], rankStride,
                count, length, rankStride, factor, accumulate: true);
            MatrixProduct.Multiply<T>(
                memory.Keys[(chunk * memory.Rank)..], 1, memory.Rank, memory.ScoresGradient, BlockLength,
                Of(sample.RowFeaturesGradient, head, memory.Rank)[first..], Stride, memory.Rank, count, length, factor,
                accumulate: true);
        }

        // Scores and p̄ = ȳ·v of a chunk, [chunk, block].
        void Prepare(in SampleBuffers<T> buffers, int chunk, in Memory own, in Selected all)
        {
            int count = Count(chunk, all);
            Score(buffers, head, factor, own, chunk, count, first, length);
            MatrixProduct.Multiply<T>(
                own.Values[(chunk * own.Dim)..], own.Dim, 1, own.Results, BlockLength, own.ScoresGradient, BlockLength,
                count, own.Dim, length);
        }

        static int Count(int chunk, in Selected all) => Math.Min(ChunkLength, all.End - chunk);
    }

    // Scores become p, and their gradients p (p̄ − δ); both 0 for absent tokens.
    private static void WriteGradients<TVector>(
        in Memory memory, Chunk chunk, int first, int length, int present, bool areHidden, bool areWeights)
        where TVector : struct, IVector<TVector, T>
    {
        for (int t = 0; t < length; t += TVector.Count)
        {
            TVector token = TVector.Indices + TVector.All(T.CreateTruncating(first + t));
            TVector inverse = Inverse(TVector.Load(memory.Sums, t));
            TVector share = inverse * TVector.Load(memory.Shares, t);
            TVector largest = TVector.Load(memory.Largest, t);
            for (int c = 0; c < chunk.Count; c++)
            {
                int at = (c * BlockLength) + t;
                TVector weight = TVector.Load(memory.Scores, at);
                if (!areWeights)
                {
                    weight = memory.Weights[chunk.First + c]
                        * SoftmaxWeights<TVector, T>.Of(weight + TVector.All(memory.Fields[chunk.First + c]) - largest);
                }

                if (areHidden)
                {
                    TVector sees = TVector.GreaterThanOrEqual(token, TVector.All(memory.From[chunk.First + c]))
                        & TVector.LessThan(token, TVector.All(memory.To[chunk.First + c]));
                    weight = TVector.Choose(sees, weight, TVector.Zero);
                }

                TVector p = TVector.Keep(inverse * weight, Math.Max(0, present - t));
                TVector gradient = TVector.Keep(p * (TVector.Load(memory.ScoresGradient, at) - share),
                    Math.Max(0, present - t));
                TVector.Store(memory.Scores, at, p);
                TVector.Store(memory.ScoresGradient, at, gradient);
                memory.FieldsGradient[chunk.First + c] += TVector.Sum(gradient);
            }
        }
    }

    // A block's ȳ, [block, dim] and [dim, block], and features, [block, rank]; 0 of absent tokens.
    private static void Load(
        in SampleBuffers<T> sample, int head, in Memory memory, int first, ReadOnlySpan<T> outputGradient)
    {
        int count = Math.Min(BlockLength, sample.TokenCount - first);
        (int rankStride, int dimStride) = (Padding.Stride(memory.Rank), Padding.Stride(memory.Dim));
        int width = TEnergy.Heads * memory.Dim;
        Padding.Copy(
            outputGradient[((first * width) + (head * memory.Dim))..], width, memory.OutputGradient, dimStride, count,
            memory.Dim);
        memory.OutputGradient[(count * dimStride)..].Clear();
        Padding.Transpose<T>(memory.OutputGradient, dimStride, memory.Results, BlockLength, count, memory.Dim);
        Padding.Transpose<T>(
            Of(sample.RowFeatures, head, memory.Rank)[first..], Stride, memory.Queries, rankStride, memory.Rank, count);
        memory.Queries[(count * rankStride)..].Clear();
    }

    // From token-major memory of some tokens to feature-major one of all, added.
    private static void Scatter(ReadOnlySpan<T> source, ReadOnlySpan<T> tokens, Span<T> destination, int features)
    {
        int stride = Padding.Stride(features);
        for (int d = 0; d < features; d++)
        {
            Span<T> row = destination.Slice(d * Stride, Stride);
            for (int c = 0; c < tokens.Length; c++)
            {
                row[int.CreateTruncating(tokens[c])] += source[(c * stride) + d];
            }
        }
    }

    private static Span<T> Of(Span<T> memory, int head, int rows) => memory.Slice(head * rows * Stride, rows * Stride);

    private readonly ref struct BackwardAction(
        SampleBuffers<T> sample, double factor, int rank, ReadOnlySpan<T> outputGradient)
        : IVectorAction<T>
    {
        private readonly SampleBuffers<T> _sample = sample;
        private readonly T _factor = T.CreateTruncating(factor);
        private readonly int _rank = rank;
        private readonly ReadOnlySpan<T> _outputGradient = outputGradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            BackwardRead<TVector>(_sample, _factor, _rank, _outputGradient);
    }

    // The parts of the scratch memory.
    private readonly ref struct Memory
    {
        public Memory(Span<T> scratch, int rank, int dim)
        {
            int n = TEnergy.Tokens;
            (Rank, Dim) = (rank, dim);
            Keys = Scratch.Take(ref scratch, n * rank);
            Values = Scratch.Take(ref scratch, n * dim);
            KeysGradient = Scratch.Take(ref scratch, n * Padding.Stride(rank));
            ValuesGradient = Scratch.Take(ref scratch, n * Padding.Stride(dim));
            Tokens = Scratch.Take(ref scratch, n);
            From = Scratch.Take(ref scratch, n);
            To = Scratch.Take(ref scratch, n);
            Fields = Scratch.Take(ref scratch, n);
            Weights = Scratch.Take(ref scratch, n);
            FieldsGradient = Scratch.Take(ref scratch, n);
            Queries = Scratch.Take(ref scratch, BlockLength * Padding.Stride(rank));
            OutputGradient = Scratch.Take(ref scratch, BlockLength * Padding.Stride(dim));
            Turned = Scratch.Take(ref scratch, BlockLength * Padding.Stride(dim));
            Results = Scratch.Take(ref scratch, BlockLength * dim);
            Largest = Scratch.Take(ref scratch, BlockLength);
            Sums = Scratch.Take(ref scratch, BlockLength);
            Shares = Scratch.Take(ref scratch, BlockLength);
            Scores = Scratch.Take(ref scratch, ChunkLength * BlockLength);
            ScoresGradient = Scratch.Take(ref scratch, ChunkLength * BlockLength);
        }

        public int Rank { get; }

        public int Dim { get; }

        /// <summary>b of what is selected, [selected, rank].</summary>
        public Span<T> Keys { get; }

        /// <summary>v of it, [selected, dim].</summary>
        public Span<T> Values { get; }

        public Span<T> KeysGradient { get; }

        public Span<T> ValuesGradient { get; }

        /// <summary>Which tokens are selected, rising.</summary>
        public Span<T> Tokens { get; }

        /// <summary>The first token that sees a selected one.</summary>
        public Span<T> From { get; }

        /// <summary>The token after the last one.</summary>
        public Span<T> To { get; }

        public Span<T> Fields { get; }

        /// <summary>s of what is selected.</summary>
        public Span<T> Weights { get; }

        public Span<T> FieldsGradient { get; }

        /// <summary>a of a block, [block, rank].</summary>
        public Span<T> Queries { get; }

        /// <summary>ȳ of a block, [block, dim].</summary>
        public Span<T> OutputGradient { get; }

        /// <summary>y of a block, [block, dim].</summary>
        public Span<T> Turned { get; }

        /// <summary>y of a block, or ȳ, [dim, block].</summary>
        public Span<T> Results { get; }

        /// <summary>The largest score of a token so far.</summary>
        public Span<T> Largest { get; }

        /// <summary>The sum of its weights so far.</summary>
        public Span<T> Sums { get; }

        /// <summary>The sum of its weights times p̄ so far.</summary>
        public Span<T> Shares { get; }

        /// <summary>[chunk, block].</summary>
        public Span<T> Scores { get; }

        public Span<T> ScoresGradient { get; }
    }
}
