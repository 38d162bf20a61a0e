using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>
/// Selective copying (Gu, Dao, "Mamba", arXiv 2312.00752, E.1): 16 data tokens, uniform of 1..14, at random places
/// among L + 16 tokens that are 0 otherwise, then 16 markers (15), each of which asks for the next data token. L + 32
/// tokens.
/// </summary>
internal sealed class CopyingTask : TokenTask
{
    public const string Name = "copying";

    /// <summary>Data tokens M, and as many markers.</summary>
    public const int DataTokens = 16;

    /// <summary>The shortest L that we compare at; its source has 4,096.</summary>
    public const int ShortestCompared = 256;

    private const int Alphabet = 16;
    private const int Marker = Alphabet - 1;

    /// <param name="length">L, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">L is below 1.</exception>
    public CopyingTask(int length)
        : base(Name, length, length + 2 * DataTokens, Alphabet, DataTokens, Alphabet) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);

    /// <inheritdoc/>
    public override void Draw(Span<int> ids, Span<int> labels, ref RandomStream random)
    {
        Span<int> places = stackalloc int[DataTokens];
        DrawDistinct(0, Length + DataTokens, places, ref random);
        places.Sort();
        for (int d = 0; d < DataTokens; d++)
        {
            labels[d] = 1 + random.NextInt32(Alphabet - 2);
            ids[places[d]] = labels[d];
        }

        ids[^DataTokens..].Fill(Marker);
    }

    /// <inheritdoc/>
    public override void FindAsked(ReadOnlySpan<int> ids, Span<int> places)
    {
        for (int d = 0; d < DataTokens; d++)
        {
            places[d] = Tokens - DataTokens + d;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids)
    {
        var places = new List<int>(DataTokens);
        for (int t = 0; t < Tokens - DataTokens; t++)
        {
            if (ids[t] != 0)
            {
                places.Add(t);
            }
        }

        return places;
    }
}
