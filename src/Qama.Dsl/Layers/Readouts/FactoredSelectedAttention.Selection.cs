using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <content>Slopes by selection weights, in time that grows with the square of the tokens: with w_ij = exp(c a_i·b_j + f_j), that by s_j is
/// Σ_i w_ij/(Z_i + (1 − s_j) w_ij) (p̄_ij − δ_i), of tokens that are not selected too. See <see cref="SelectedAttention"/>.</content>
public static partial class FactoredSelectedAttention<TEnergy, T>
{
    /// <summary>Slopes of L by s from the output's gradient.</summary>
    /// <param name="sample">Features, fields, selection and value.</param>
    /// <param name="factor">c.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    /// <param name="selectionGradient">Receives the slopes, [heads, stride]; 0 for absent tokens. A token that sees nothing selected counts
    /// with the difference that the other alone would make.</param>
    public static void BackwardSelection(
        in SampleBuffers<T> sample, double factor, int rank, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
    {
        var action = new SelectionAction(sample, factor, rank, outputGradient, selectionGradient);
        VectorPath.Run<T, SelectionAction>(ref action);
    }

    private static void BackwardSelection<TVector>(
        in SampleBuffers<T> sample, T factor, int rank, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
        where TVector : struct, IVector<TVector, T>
    {
        int dim = sample.Value.Length / (TEnergy.Heads * Stride), count = sample.TokenCount;
        var memory = new Memory(sample.Scratch, rank, dim);
        selectionGradient.Clear();
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            GatherAll(sample, h, memory);
            var all = new Selected(count, HidesPairs);
            memory.FieldsGradient[..count].Clear();
            for (int first = 0; first < count; first += BlockLength)
            {
                all.MoveTo(memory, first);
                Load(sample, h, memory, first, outputGradient);
                SelectionBlock<TVector>(sample, h, factor, all, memory, first);
            }

            memory.FieldsGradient[..count].CopyTo(selectionGradient[(h * Stride)..]);
        }
    }

    // Sums over what is selected first, then every token's part.
    private static void SelectionBlock<TVector>(
        in SampleBuffers<T> sample, int head, T factor, in Selected all, in Memory memory, int first)
        where TVector : struct, IVector<TVector, T>
    {
        int length = Math.Min(BlockLength, Stride - first);
        memory.Sums.Clear();
        memory.Shares.Clear();
        memory.Largest.Fill(T.NegativeInfinity);
        for (int chunk = all.First; chunk < all.End; chunk += ChunkLength)
        {
            int count = Prepare(sample, chunk, memory, all);
            Weigh<TVector>(
                memory, new Chunk(chunk, count), first, length, all.AreHidden, isFirst: chunk == all.First, [], memory.ScoresGradient);
        }

        for (int chunk = all.First; chunk < all.End; chunk += ChunkLength)
        {
            int count = Prepare(sample, chunk, memory, all);
            AddSelectionGradients<TVector>(
                memory, new Chunk(chunk, count), first, length, sample.TokenCount - first, all.AreHidden);
        }

        // Scores and p̄ = ȳ·v of a chunk, [chunk, block].
        int Prepare(in SampleBuffers<T> buffers, int chunk, in Memory own, in Selected tokens)
        {
            int count = Math.Min(ChunkLength, tokens.End - chunk);
            Score(buffers, head, factor, own, chunk, count, first, length);
            MatrixProduct.Multiply<T>(
                own.Values[(chunk * own.Dim)..], own.Dim, 1, own.Results, BlockLength, own.ScoresGradient, BlockLength,
                count, own.Dim, length);
            return count;
        }
    }

    private static void AddSelectionGradients<TVector>(
        in Memory memory, Chunk chunk, int first, int length, int present, bool areHidden)
        where TVector : struct, IVector<TVector, T>
    {
        TVector cap = TVector.All(T.CreateTruncating(SelectedAttention.LargestExponent));
        ReadOnlySpan<T> weights = memory.Weights;
        for (int t = 0; t < length; t += TVector.Count)
        {
            TVector token = TVector.Indices + TVector.All(T.CreateTruncating(first + t));
            TVector sum = TVector.Load(memory.Sums, t), share = Inverse(sum) * TVector.Load(memory.Shares, t);
            TVector isEmpty = TVector.EqualTo(sum, TVector.Zero);
            TVector largest = TVector.Choose(isEmpty, TVector.Zero, TVector.Load(memory.Largest, t));
            for (int c = 0; c < chunk.Count; c++)
            {
                int at = (c * BlockLength) + t;
                TVector score = TVector.Load(memory.Scores, at) + TVector.All(TrueFields(memory)[chunk.First + c]);
                TVector weight = SoftmaxWeights<TVector, T>.Of(TVector.Min(score - largest, cap));
                TVector with = TVector.FusedMultiplyAdd(TVector.All(T.One - weights[chunk.First + c]), weight, sum);
                TVector part = TVector.Load(memory.ScoresGradient, at);
                part = TVector.Choose(isEmpty, part, weight / with * (part - share));
                if (areHidden)
                {
                    TVector sees = TVector.GreaterThanOrEqual(token, TVector.All(memory.From[chunk.First + c]))
                        & TVector.LessThan(token, TVector.All(memory.To[chunk.First + c]));
                    part = TVector.Choose(sees, part, TVector.Zero);
                }

                memory.FieldsGradient[chunk.First + c] += TVector.Sum(TVector.Keep(part, Math.Max(0, present - t)));
            }
        }
    }

    // All tokens side by side; those that are not selected have weight 0 and a score of −∞ in sums.
    private static void GatherAll(in SampleBuffers<T> sample, int head, in Memory memory)
    {
        int count = sample.TokenCount;
        for (int j = 0; j < count; j++)
        {
            (int from, int to) = SeenBy(j);
            T field = TEnergy.HasField ? sample.Fields[(head * Stride) + j] : T.Zero;
            memory.Tokens[j] = T.CreateTruncating(j);
            memory.From[j] = T.CreateTruncating(from);
            memory.To[j] = T.CreateTruncating(to);
            memory.Weights[j] = sample.Selection[(head * Stride) + j];
            memory.Fields[j] = memory.Weights[j] > T.Zero ? field : T.NegativeInfinity;
            TrueFields(memory)[j] = field;
        }

        Gather(Of(sample.ColumnFeatures, head, memory.Rank), memory.Tokens[..count], memory.Keys, memory.Rank);
        Gather(Of(sample.Value, head, memory.Dim), memory.Tokens[..count], memory.Values, memory.Dim);
    }

    // Memory that this gradient has no other use for, a row or more for every token.
    private static Span<T> TrueFields(in Memory memory) => memory.ValuesGradient;

    private readonly ref struct SelectionAction(
        SampleBuffers<T> sample, double factor, int rank, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
        : IVectorAction<T>
    {
        private readonly SampleBuffers<T> _sample = sample;
        private readonly T _factor = T.CreateTruncating(factor);
        private readonly int _rank = rank;
        private readonly ReadOnlySpan<T> _outputGradient = outputGradient;
        private readonly Span<T> _selectionGradient = selectionGradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            BackwardSelection<TVector>(_sample, _factor, _rank, _outputGradient, _selectionGradient);
    }
}
