using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace Qama.Generators.Declarations;

/// <summary>Names that the generated part brings into the scope of the class.</summary>
internal static class GeneratedNames
{
    /// <summary>Every member the generator may emit.</summary>
    public static readonly ImmutableHashSet<string> All = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "Tokens", "EmbeddingDim", "HeadCount", "HeadDim", "SelectionBits", "VariableCount", "SlackCount", "SpinCount",
        "Descriptor",
        "ComputeCouplings", "ComputeFields", "AssembleQubo", "AssembleIsing", "Energy", "Slope", "Anneal", "WriteQubo",
        "AnnealingScratch", "CreateProblems", "ComputeCoefficients", "ComputeReadout", "BackwardReadout", "BackwardCoefficients",
        "ScratchLength",

        // Where TorchSharp is referenced.
        "TorchModule", "SeparateTorchModule", "TorchAdapter", "TorchCall", "TorchFunction",

        // Private members.
        "AnnealingPlan", "Assemble", "AttentionKernel", "ComputePenaltyWeights", "CouplingComputation", "CouplingGradientKernel",
        "CouplingKernel", "CouplingWeight", "CurvatureWeight", "DimStride", "Distance", "FieldComputation", "FieldGradientKernel",
        "FieldKernel", "FieldWeight",
        "HeadExclusionWeight", "Interacts", "InteractingPairs", "KernelScratchLength", "LocalEnergyGradientKernel",
        "LocalEnergyKernel", "LongRangeOf", "LongRangeWeight", "OfHead", "PairMask", "PairPenalties", "SimilarityKernel",
        "Sparsity", "SparsitySlack", "SparsityWeight", "TokenPenalties", "TokenStride", "WeightOf",

        // Accessors, whose names C# reserves.
        "get_Descriptor", "set_Descriptor", "get_PairMask", "set_PairMask", "get_ScratchLength", "set_ScratchLength");

    /// <summary>The types among them: where code means a type, nothing else takes a name.</summary>
    public static readonly ImmutableHashSet<string> Types = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "AnnealingPlan", "CouplingComputation", "FieldComputation", "TorchModule", "SeparateTorchModule", "TorchAdapter", "TorchCall", "TorchFunction");

    /// <summary>What the class inherits from the base class that it is given.</summary>
    public static readonly ImmutableHashSet<string> Inherited = ImmutableHashSet.Create(
        StringComparer.Ordinal,
        "Backward", "BackwardCoefficients", "BackwardReadout", "Buffers", "ComputeCoefficients", "ComputeReadout", "CreateProblems",
        "CreateWorkspace", "Description", "Forward", "ForwardAsync", "Learnables", "Mode", "Model", "PairMask", "Parameters", "ScratchLength", "Seed");

    /// <summary>Members that are named after a penalty.</summary>
    public static IEnumerable<string> OfPenalty(string term) => [term + "Of", term + "Weight"];

    /// <summary>Members that are numbered from the second constraint on: Sparsity2, SparsitySlack2, SparsityWeight2.</summary>
    private static readonly string[] _numbered = ["SparsityWeight", "SparsitySlack", "Sparsity"];

    /// <summary>Tables of positions, numbered from 0, and the functions they are made of: CouplingTable0, CouplingTable0Of.</summary>
    private static readonly string[] _tables = ["CouplingTable", "FieldTable"];

    /// <summary>Whether generated code may declare a member of this name.</summary>
    public static bool IsReserved(string name) => All.Contains(name)
        || _numbered.Any(n => name.Length > n.Length && name.StartsWith(n, StringComparison.Ordinal)
            && name[n.Length] is >= '1' and <= '9' && name.Skip(n.Length).All(c => c is >= '0' and <= '9'))
        || _tables.Any(n => name.StartsWith(n, StringComparison.Ordinal) && IsNumber(name.Substring(n.Length)));

    /// <summary>Whether it is a number, or one with the suffix of a table's function.</summary>
    private static bool IsNumber(string text)
    {
        string digits = text.EndsWith("Of", StringComparison.Ordinal) ? text.Substring(0, text.Length - 2) : text;
        return digits.Length > 0 && digits.All(c => c is >= '0' and <= '9');
    }
}
