namespace Qama.Generators.Tests.Terms.Grammar;

/// <summary>A random body of a coupling term: locals, statements and calls, well-behaved numbers of every word a term can say.</summary>
internal sealed class RandomTerm
{
    private static readonly ILookup<char, Word> _words = Words.All.ToLookup(w => w.Result);
    private static readonly ILookup<char, Word> _leaves = Words.All.Where(w => w.Operands.Length == 0).ToLookup(w => w.Result);

    private readonly Random _random;
    private readonly List<TermNode> _locals = [];
    private string _text = "";

    public RandomTerm(int seed)
    {
        _random = new Random(seed);
        for (int n = _random.Next(3); n > 0; n--)
        {
            DeclareLocal();
        }

        if (_random.Next(4) == 0)
        {
            TermNode condition = Node('c', 2), early = Node('n', 2), late = Node('n', 2);
            _text += $"if ({condition.Use()}) {{ return {early.Use()}; }} ";
            Root = new TermNode(Words.Choice, condition, early, late);
            _text += $"return {late.Use()};";
        }
        else
        {
            Root = Node('n', _random.Next(4) == 0 ? 3 : 2);
            _text += $"return {Root.Use()};";
        }
    }

    public TermNode Root { get; }

    public string Body => _text;

    private void DeclareLocal()
    {
        bool vector = _random.Next(2) == 0;
        char kind = vector ? 'v' : 'n';
        string name = "x" + _locals.Count;
        TermNode value = Node(kind, 2);
        _text += $"{(vector ? "Vec" : "float")} {name} = {value.Use()}; ";
        if (_random.Next(3) == 0)
        {
            TermNode condition = Node('c', 1), other = Node(kind, 1);
            _text += $"if ({condition.Use()}) {{ {name} = {other.Use()}; }} ";
            value = new TermNode(vector ? Words.VectorChoice : Words.Choice, condition, other, value);
        }
        else
        {
            // A node of its own: what it was made of keeps its name or its text.
            value = new TermNode(new Word(kind, kind.ToString(), "$0", (o, _) => o(0)), value);
        }

        value.Local = name;
        _locals.Add(value);
    }

    private TermNode Node(char kind, int depth)
    {
        TermNode[] locals = [.. _locals.Where(l => l.Word.Result == kind)];
        if (locals.Length > 0 && _random.Next(4) == 0)
        {
            return locals[_random.Next(locals.Length)];
        }

        if (kind == 'n' && _random.Next(12) == 0)
        {
            kind = 'w';
        }

        Word[] words = [.. (depth <= 0 || kind == 'w') && _leaves.Contains(kind) ? _leaves[kind] : _words[kind]];
        Word word = words[_random.Next(words.Length)];
        return new TermNode(word, [.. word.Operands.Select(o => Node(o, depth - 1))]);
    }
}
