using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Qama.Generators.Energy;

namespace Qama.Generators.Reading.Terms;

/// <summary>The functions a term may call besides those of its own class.</summary>
internal static class TermFunctions
{
    private static readonly Dictionary<(string Name, int Arity), TermOperation> _ofVectors = new()
    {
        [("Dot", 2)] = TermOperation.Dot,
        [("Sum", 1)] = TermOperation.Sum,
        [("Mean", 1)] = TermOperation.Mean,
        [("Max", 1)] = TermOperation.Largest,
        [("Min", 1)] = TermOperation.Smallest,
        [("Norm", 1)] = TermOperation.Norm,
        [("SquaredNorm", 1)] = TermOperation.SquaredNorm,
        [("SquaredDistance", 2)] = TermOperation.SquaredDistance,
        [("Softmax", 1)] = TermOperation.Softmax,
        [("LogSumExp", 1)] = TermOperation.LogSumExp,
        [("Sigmoid", 1)] = TermOperation.Sigmoid,
        [("Relu", 1)] = TermOperation.Relu,
        [("Square", 1)] = TermOperation.Square,
    };

    private static readonly Dictionary<(string Name, int Arity), TermOperation> _elementwise = new()
    {
        [("Abs", 1)] = TermOperation.Abs,
        [("Sqrt", 1)] = TermOperation.Sqrt,
        [("Exp", 1)] = TermOperation.Exp,
        [("Log", 1)] = TermOperation.Log,
        [("Log", 2)] = TermOperation.LogOfBase,
        [("Log2", 1)] = TermOperation.Log2,
        [("Log10", 1)] = TermOperation.Log10,
        [("Tanh", 1)] = TermOperation.Tanh,
        [("Sinh", 1)] = TermOperation.Sinh,
        [("Cosh", 1)] = TermOperation.Cosh,
        [("Sin", 1)] = TermOperation.Sin,
        [("Cos", 1)] = TermOperation.Cos,
        [("Tan", 1)] = TermOperation.Tan,
        [("Max", 2)] = TermOperation.Max,
        [("Min", 2)] = TermOperation.Min,
        [("Clamp", 3)] = TermOperation.Clamp,
        [("Pow", 2)] = TermOperation.Power,
        [("FusedMultiplyAdd", 3)] = TermOperation.FusedMultiplyAdd,
    };

    /// <summary>What a method computes; null where it is none of the known functions.</summary>
    public static TermOperation? Find(IMethodSymbol method)
    {
        if (!method.IsStatic)
        {
            return null;
        }

        (string, int) key = (method.Name, method.Parameters.Length);
        bool isVector = TermTypes.Of(method.ContainingType) == TermType.Vector;
        if (isVector && _ofVectors.TryGetValue(key, out TermOperation operation))
        {
            return operation;
        }

        return (isVector || IsMath(method.ContainingType)) && _elementwise.TryGetValue(key, out operation) ? operation : null;
    }

    private static bool IsMath(INamedTypeSymbol type) =>
        type.SpecialType is SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Int32
        || (type is { Name: "Math" or "MathF", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } });
}
