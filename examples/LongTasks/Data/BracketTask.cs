using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>
/// Bracket matching: brackets of three kinds, each closing one the innermost that is open. Every token is asked which kind would close
/// next: that of the innermost open bracket, or none. A bracket opens with probability 1/2, and always where nothing is open; kinds are
/// uniform. What must be found lies as far back as brackets are nested.
/// </summary>
/// <remarks>The task that "Boltzmann Attention" (arXiv 2606.12478) is compared on; the source gives no generator, these rules are
/// ours.</remarks>
internal sealed class BracketTask : TokenTask
{
    public const string Name = "brackets";

    private const int Kinds = 3;

    /// <param name="tokens">Tokens of a sequence, at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public BracketTask(int tokens)
        : base(Name, tokens, tokens, 2 * Kinds, tokens, Kinds + 1) => ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 2);

    /// <inheritdoc/>
    public override void Draw(Span<int> ids, Span<int> labels, ref RandomStream random)
    {
        var open = new Stack<int>();
        for (int t = 0; t < Tokens; t++)
        {
            if (open.Count == 0 || random.NextInt32(2) == 0)
            {
                ids[t] = random.NextInt32(Kinds);
                open.Push(ids[t]);
            }
            else
            {
                ids[t] = Kinds + open.Pop();
            }

            labels[t] = open.Count == 0 ? 0 : 1 + open.Peek();
        }
    }

    /// <inheritdoc/>
    public override void FindAsked(ReadOnlySpan<int> ids, Span<int> places)
    {
        for (int t = 0; t < Tokens; t++)
        {
            places[t] = t;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids) => [];
}
