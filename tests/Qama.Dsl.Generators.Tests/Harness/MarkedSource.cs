using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Qama.Generators.Tests.Harness;

/// <summary>Source code whose expected diagnostics are marked in it: <c>{|QAMA0001:span|}</c>, nested if need be.</summary>
/// <param name="Code">The code without the marks.</param>
/// <param name="Expected">Ids and spans, ordered by start, then id.</param>
internal sealed record MarkedSource(string Code, IReadOnlyList<(string Id, TextSpan Span)> Expected)
{
    public static MarkedSource Parse(string markup)
    {
        var code = new StringBuilder();
        var open = new Stack<(string Id, int Start)>();
        var expected = new List<(string Id, TextSpan Span)>();
        for (int i = 0; i < markup.Length; i++)
        {
            if (markup.AsSpan(i).StartsWith("{|"))
            {
                int colon = markup.IndexOf(':', i);
                open.Push((markup[(i + 2)..colon], code.Length));
                i = colon;
            }
            else if (markup.AsSpan(i).StartsWith("|}"))
            {
                (string id, int start) = open.Pop();
                expected.Add((id, TextSpan.FromBounds(start, code.Length)));
                i++;
            }
            else
            {
                code.Append(markup[i]);
            }
        }

        Assert.Empty(open);
        return new MarkedSource(
            code.ToString(), [.. expected.OrderBy(e => e.Span.Start).ThenBy(e => e.Id, StringComparer.Ordinal)]);
    }

    /// <summary>A line for comparison: id, place and the text there.</summary>
    public string Describe(string id, TextSpan span) => $"{id} {span} '{Code.Substring(span.Start, span.Length)}'";
}
