using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>
/// Multi-query associative recall (Arora et al., "Zoology", arXiv 2312.04927; HazyResearch/zoology,
/// <c>multiquery_ar</c>): K keys with a value each, then slots of two tokens, K of which ask for a key. One sequence
/// has a sixteenth of its tokens as keys, so that the context is an eighth of it.
/// </summary>
/// <remarks>Keys are distinct ids of 1..V/2−1, values distinct ids of V/2..V−1. Of the S slots behind the context, K
/// are drawn without replacement with p(s) in proportion to s^(a−1), s = 1..S, a = 0.01; the r-th drawn asks for the
/// r-th key at its first token. All else is 0, or any id at random.</remarks>
internal sealed class RecallTask : TokenTask
{
    public const string Name = "recall";

    /// <summary>The published vocabulary V.</summary>
    public const int PublishedVocabulary = 8192;

    /// <summary>What stands where nothing is asked: 0, or any id.</summary>
    public static readonly IReadOnlyList<string> BlankKinds = ["zero", "random"];

    /// <summary>The published exponent a.</summary>
    private const double Power = 0.01;

    private readonly double[] _slotWeights;
    private readonly bool _random;

    /// <param name="tokens">Tokens L of a sequence, a multiple of 16.</param>
    /// <param name="vocabulary">V, even.</param>
    /// <param name="blanks">One of <see cref="BlankKinds"/>.</param>
    /// <exception cref="ArgumentException">A number does not fit, or another kind of blanks.</exception>
    public RecallTask(int tokens, int vocabulary = PublishedVocabulary, string blanks = "zero")
        : base(Name, tokens, tokens, vocabulary, tokens / 16, vocabulary)
    {
        if (tokens < 16 || tokens % 16 != 0)
        {
            throw new ArgumentException($"Expected a multiple of 16, got {tokens}.", nameof(tokens));
        }

        if (vocabulary % 2 != 0 || vocabulary <= tokens)
        {
            throw new ArgumentException(
                $"Expected an even number above the {tokens} tokens, got {vocabulary}.", nameof(vocabulary));
        }

        if (!BlankKinds.Contains(blanks))
        {
            throw new ArgumentException(
                $"Expected one of {string.Join(", ", BlankKinds)}, got '{blanks}'.", nameof(blanks));
        }

        _random = blanks == "random";
        _slotWeights = [.. Enumerable.Range(1, (tokens - 2 * Pairs) / 2).Select(s => Math.Pow(s, Power - 1))];
    }

    /// <summary>Keys K, each with a value.</summary>
    public int Pairs => Asked;

    /// <inheritdoc/>
    public override void Draw(Span<int> ids, Span<int> labels, ref RandomStream random)
    {
        Span<int> keys = stackalloc int[Pairs];
        int half = Vocabulary / 2;
        DrawDistinct(1, half - 1, keys, ref random);
        DrawDistinct(half, half, labels, ref random);
        Span<int> slots = stackalloc int[Pairs];
        DrawSlots(slots, ref random);
        for (int pair = 0; pair < Pairs; pair++)
        {
            ids[2 * pair] = keys[pair];
            ids[2 * pair + 1] = labels[pair];
            ids[2 * (Pairs + slots[pair])] = keys[pair];
        }

        for (int t = 0; t < Tokens && _random; t++)
        {
            ids[t] = ids[t] == 0 ? random.NextInt32(Vocabulary) : ids[t];
        }
    }

    /// <inheritdoc/>
    /// <remarks>Of each key of the context, in their order, the first slot that begins with it. A random blank before
    /// the question that is the same key, which is rare, asks the same and has the same answer.</remarks>
    public override void FindAsked(ReadOnlySpan<int> ids, Span<int> places)
    {
        for (int pair = 0; pair < Pairs; pair++)
        {
            int place = 2 * Pairs;
            while (ids[place] != ids[2 * pair])
            {
                place += 2;
            }

            places[pair] = place;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids) =>
        [.. Enumerable.Range(0, Pairs).Select(pair => 2 * pair + 1)];

    // Exponential times of rates p(s): the order in which they end is that of drawing without replacement.
    private void DrawSlots(Span<int> slots, ref RandomStream random)
    {
        var times = new double[_slotWeights.Length];
        var order = new int[_slotWeights.Length];
        for (int s = 0; s < times.Length; s++)
        {
            times[s] = -Math.Log(1 - random.NextDouble()) / _slotWeights[s];
            order[s] = s;
        }

        Array.Sort(times, order);
        order.AsSpan(0, slots.Length).CopyTo(slots);
    }
}
