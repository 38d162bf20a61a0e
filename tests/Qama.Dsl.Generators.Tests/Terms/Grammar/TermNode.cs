namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>A word of the language of terms.</summary>
/// <param name="Result">What it gives: a number n, a whole number w (which is a number too), a vector v, a condition c.</param>
/// <param name="Operands">What it takes.</param>
/// <param name="Text">How it is written; $0, $1 ... are the operands.</param>
/// <param name="Value">What it means: of its operands, computed when asked for.</param>
internal sealed record Word(char Result, string Operands, string Text, Func<Func<int, Tracked[]>, TermContext, Tracked[]> Value);

/// <summary>A word with its operands: a formula that can be written as C# and evaluated.</summary>
internal sealed class TermNode(Word word, params TermNode[] operands)
{
    /// <summary>The number that every head learns.</summary>
    public const string Learned = "a";

    public Word Word { get; } = word;

    /// <summary>Whether it depends on positions alone, and so is part of a table.</summary>
    public bool IsPositional { get; } = word.Result != 'v' && word.Text != Learned && operands.All(o => o.IsPositional);

    public TermNode[] Operands { get; } = operands;

    /// <summary>Whether a part of it is a choice that constants decide: then it depends on positions alone where it does not look so.</summary>
    public bool HasFixedChoice { get; } = operands.Any(o => o.HasFixedChoice)
        || ((word.Text.Contains('?') || word.Text.StartsWith("Larger", StringComparison.Ordinal)) && operands.Length > 0 && operands[0].IsConstant);

    private bool IsConstant => Operands.Length > 0 ? Operands.All(o => o.IsConstant) : IsPositional && !Word.Text.Contains("pair", StringComparison.Ordinal);

    /// <summary>The variable that holds it; null where it is written out.</summary>
    public string? Local { get; set; }

    /// <summary>Where it is used.</summary>
    public string Use() => Local ?? (Operands.Length == 0 ? Write() : "(" + Write() + ")");

    /// <summary>Written out.</summary>
    public string Write()
    {
        string text = Word.Text;
        for (int i = 0; i < Operands.Length; i++)
        {
            text = text.Replace("$" + i, Operands[i].Use(), StringComparison.Ordinal);
        }

        return text;
    }
}
