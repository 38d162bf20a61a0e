using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>Which literal operations lanes do alike, and which have to be computed lane by lane.</summary>
internal static class LaneParts
{
    /// <summary>Whether lanes hold the value: not where C# computes in double or whole numbers.</summary>
    public static bool Fits(Expression node) => node.Operation != Operation.Literal || node.Literal!.Type == NumberType.Single;

    /// <summary>Whether it takes a call for every lane: a function, which has to be C#'s own, or something of other types.</summary>
    public static bool IsLaneByLane(Expression node) => node.Operation switch
    {
        Operation.Literal => !Fits(node) || node.Literal!.Kind is not (TermOperation.Negate or TermOperation.Add
            or TermOperation.Subtract or TermOperation.Multiply or TermOperation.Divide or TermOperation.Abs or TermOperation.Sqrt
            or TermOperation.Max or TermOperation.Min or TermOperation.Clamp or TermOperation.FusedMultiplyAdd or TermOperation.Select),
        Operation.AtLeast or Operation.Greater => !node.Operands.All(Fits),
        _ => false,
    };

    /// <summary>What lanes hold of the parts of such an expression, each once.</summary>
    public static IReadOnlyList<Expression> Of(Expression node)
    {
        return [.. Walk.Nodes([node], n => IsPart(n) ? [] : n.Operands).Where(n => !IsPart(n)).SelectMany(n => n.Operands).Where(o => IsPart(o) && o.Operation != Operation.Constant).Distinct().OrderBy(o => o.Id)];

        bool IsPart(Expression n) => n != node && Fits(n);
    }
}
