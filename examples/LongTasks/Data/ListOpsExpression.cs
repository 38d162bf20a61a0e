using Qama.Numerics;

namespace Qama.Examples.LongTasks;

/// <summary>Random expressions as the Long Range Arena draws them, with their values. Reused for every
/// drawing.</summary>
/// <param name="limit">Drawing ends early where an expression gets as many tokens: nobody wants it then.</param>
internal sealed class ListOpsExpression(int limit)
{
    /// <summary>The words: digits, operators, and the end of a list.</summary>
    public static readonly IReadOnlyList<string> Symbols =
        ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "[MIN", "[MAX", "[MED", "[SM", "]"];

    private const int FirstOperator = 10;
    private const int Operators = 4;
    private const int End = FirstOperator + Operators;
    private const int MaxDepth = 10;
    private const int MaxArguments = 10;
    private const double ListShare = 0.25;

    private readonly List<int> _tokens = [];

    /// <summary>The expression drawn last, as indices into <see cref="Symbols"/>.</summary>
    public IReadOnlyList<int> Tokens => _tokens;

    /// <summary>Draws an expression.</summary>
    /// <returns>Its value, 0..9; without meaning where the expression has as many tokens as the limit, or
    /// more.</returns>
    public int Draw(ref RandomStream random)
    {
        _tokens.Clear();
        return Draw(1, ref random);
    }

    /// <summary>The value of an operator.</summary>
    /// <param name="operation">0 MIN, 1 MAX, 2 MED (of an even number the mean of the middle two, rounded down), 3 SM
    /// (sum modulo 10).</param>
    /// <param name="arguments">The arguments; sorted afterwards.</param>
    public static int Apply(int operation, Span<int> arguments)
    {
        int sum = 0;
        foreach (int argument in arguments)
        {
            sum += argument;
        }

        arguments.Sort();
        int middle = arguments.Length / 2;
        return operation switch
        {
            0 => arguments[0],
            1 => arguments[^1],
            2 => arguments.Length % 2 == 1 ? arguments[middle] : (arguments[middle - 1] + arguments[middle]) / 2,
            _ => sum % 10,
        };
    }

    private int Draw(int depth, ref RandomStream random)
    {
        if (depth == MaxDepth || random.NextDouble() > ListShare)
        {
            int digit = random.NextInt32(10);
            _tokens.Add(digit);
            return digit;
        }

        int place = _tokens.Count;
        _tokens.Add(0);
        Span<int> arguments = stackalloc int[2 + random.NextInt32(MaxArguments - 1)];
        for (int a = 0; a < arguments.Length && _tokens.Count < limit; a++)
        {
            arguments[a] = Draw(depth + 1, ref random);
        }

        int operation = random.NextInt32(Operators);
        _tokens[place] = FirstOperator + operation;
        _tokens.Add(End);
        return Apply(operation, arguments);
    }
}
