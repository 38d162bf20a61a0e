using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>
/// ListOps of the Long Range Arena (Tay et al., arXiv 2011.04006; <c>lra_benchmarks/data/listops.py</c>): nested lists
/// of digits and the operators MIN, MAX, MED and SM, of which the value is asked, a digit. Longer than 500 and shorter
/// than 2,000 tokens, or of another length longer than a quarter of it and shorter than it; zeros follow.
/// </summary>
internal sealed class ListOpsTask : TokenTask
{
    public const string Name = "listops";

    /// <summary>The published number of tokens of a sequence: the expression, zeros.</summary>
    public const int SequenceTokens = 2_000;

    private const int FirstSymbol = PaddingId + 1;

    private readonly ListOpsExpression _expression;

    /// <param name="tokens">Tokens of a sequence, at least 8.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer.</exception>
    public ListOpsTask(int tokens = SequenceTokens)
        : base(Name, tokens, tokens, FirstSymbol + ListOpsExpression.Symbols.Count, 1, 10)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 8);
        _expression = new ListOpsExpression(tokens);
    }

    /// <inheritdoc/>
    public override void Draw(Span<int> ids, Span<int> labels, ref RandomStream random)
    {
        do
        {
            labels[0] = _expression.Draw(ref random);
        }
        while (_expression.Tokens.Count <= Tokens / 4 || _expression.Tokens.Count >= Tokens);

        for (int t = 0; t < _expression.Tokens.Count; t++)
        {
            ids[t] = FirstSymbol + _expression.Tokens[t];
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<int> FindAnswers(ReadOnlySpan<int> ids) => [];

    /// <summary>The expression as text, as "[MAX 2 [SM 3 4 ] ]".</summary>
    public static string Text(ReadOnlySpan<int> ids)
    {
        var words = new List<string>();
        foreach (int id in ids)
        {
            if (id != PaddingId)
            {
                words.Add(ListOpsExpression.Symbols[id - FirstSymbol]);
            }
        }

        return string.Join(' ', words);
    }
}
