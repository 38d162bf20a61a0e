using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>
/// Induction heads (Gu, Dao, "Mamba", arXiv 2312.00752, E.1): uniform tokens of 16 ids, a special prefix (16) at a
/// random place, and the prefix again as the last token, which asks for the token that stood behind it the first time.
/// </summary>
internal sealed class InductionTask : TokenTask
{
    public const string Name = "induction";

    private const int Alphabet = 16;
    private const int Prefix = Alphabet;

    /// <param name="tokens">Tokens of a sequence, at least 3.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public InductionTask(int tokens)
        : base(Name, tokens, tokens, Alphabet + 1, 1, Alphabet) =>
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 3);

    /// <inheritdoc/>
    public override void Draw(Span<int> ids, Span<int> labels, ref RandomStream random)
    {
        for (int t = 0; t < Tokens; t++)
        {
            ids[t] = random.NextInt32(Alphabet);
        }

        int place = random.NextInt32(Tokens - 2);
        ids[place] = Prefix;
        ids[^1] = Prefix;
        labels[0] = ids[place + 1];
    }

    /// <inheritdoc/>
    public override void FindAsked(ReadOnlySpan<int> ids, Span<int> places) => places[0] = Tokens - 1;

    /// <inheritdoc/>
    public override IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids) => [ids.IndexOf(Prefix) + 1];
}
