using System.Collections.Generic;
using Qama.Generators.Energy;

namespace Qama.Generators.Emission;

/// <summary>Which nodes of an expression get a variable in generated code.</summary>
internal static class Naming
{
    /// <summary>Nodes of one statement, about: more make long lines, and deep ones that the C# compiler refuses.</summary>
    private const int MostInStatement = 40;

    /// <summary>Adds nodes to those that have a variable, until no statement is long.</summary>
    /// <param name="nodes">All nodes, operands first.</param>
    /// <param name="named">Those that have one for other reasons.</param>
    public static void Split(IEnumerable<Expression> nodes, HashSet<Expression> named)
    {
        var sizes = new Dictionary<Expression, int>();
        foreach (Expression node in nodes)
        {
            int size = 1;
            foreach (Expression operand in node.Operands)
            {
                size += named.Contains(operand) ? 1 : sizes[operand];
            }

            sizes.Add(node, size);
            if (size > MostInStatement)
            {
                named.Add(node);
            }
        }
    }
}
