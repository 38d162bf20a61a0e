using System.Collections.Immutable;
using System.Linq;

namespace Qama.Generators.Model;

/// <summary>Names that the generated part brings into the scope of the class: emission declares members under these, and everything
/// else inside <see cref="Nested"/>.</summary>
internal static class GeneratedNames
{
    /// <summary>The type that holds kernels, tables and all else that users do not call.</summary>
    public const string Nested = "Generated";

    /// <summary>The model of one problem, of layers that have several of a sample.</summary>
    public const string SelectionProblem = "SelectionProblem";

    public const string Tokens = "Tokens";
    public const string KeyTokens = "KeyTokens";
    public const string EmbeddingDim = "EmbeddingDim";
    public const string HeadCount = "HeadCount";
    public const string HeadDim = "HeadDim";
    public const string SelectionBits = "SelectionBits";
    public const string VariableCount = "VariableCount";
    public const string SlackCount = "SlackCount";
    public const string SpinCount = "SpinCount";
    public const string Descriptor = "Descriptor";
    public const string ComputeCouplings = "ComputeCouplings";
    public const string ComputeFields = "ComputeFields";
    public const string AssembleQubo = "AssembleQubo";
    public const string AssembleIsing = "AssembleIsing";

    // Overrides of what the base class protects.
    public const string ScratchLength = "ScratchLength";
    public const string PairMask = "PairMask";
    public const string CreateProblems = "CreateProblems";
    public const string ComputeCoefficients = "ComputeCoefficients";
    public const string ComputeReadout = "ComputeReadout";
    public const string BackwardReadout = "BackwardReadout";
    public const string BackwardSelection = "BackwardSelection";
    public const string BackwardCoefficients = "BackwardCoefficients";

    // Of a layer with several problems of a sample.
    public const string AddPairPenalties = "AddPairPenalties";
    public const string AddTokenPenalties = "AddTokenPenalties";
    public const string FindInteracting = "FindInteracting";

    // Where Qama.Torch is referenced.
    public const string TorchModule = "TorchModule";
    public const string SeparateTorchModule = "SeparateTorchModule";
    public const string TorchMultiheadAttention = "TorchMultiheadAttention";

    /// <summary>The types among them: where code means a type, nothing else takes a name.</summary>
    public static readonly ImmutableHashSet<string> Types = [Nested, SelectionProblem, TorchModule, SeparateTorchModule, TorchMultiheadAttention];

    private static readonly string[] _properties = [Descriptor, ScratchLength, PairMask];

    /// <summary>Every member the generator may emit, and the accessors' names that C# reserves for its properties.</summary>
    public static readonly ImmutableHashSet<string> All =
    [
        .. Types, .. _properties, .. _properties.SelectMany(p => new[] { "get_" + p, "set_" + p }),
        Tokens, KeyTokens, EmbeddingDim, HeadCount, HeadDim, SelectionBits, VariableCount, SlackCount, SpinCount,
        ComputeCouplings, ComputeFields, AssembleQubo, AssembleIsing,
        CreateProblems, ComputeCoefficients, ComputeReadout, BackwardReadout, BackwardSelection, BackwardCoefficients,
        AddPairPenalties, AddTokenPenalties, FindInteracting,
    ];

    /// <summary>What the class inherits from the base class that it is given.</summary>
    public static readonly ImmutableHashSet<string> Inherited =
    [
        AddPairPenalties, AddTokenPenalties, "Backward", "BackwardAsync", BackwardCoefficients, BackwardReadout, BackwardSelection, "Buffers",
        ComputeCoefficients, ComputeReadout, CreateProblems, "CreateStream", "CreateWorkspace", "Description", "EstimateTemperature",
        FindInteracting, "Forward", "ForwardAsync", "Learnables", "Mode", "Model", PairMask, "Parameters", "RestoreStream", ScratchLength,
        "Seed", "TemperatureFrom", "WorkspaceBytes",
    ];

    /// <summary>Whether generated code may declare a member of this name.</summary>
    public static bool IsReserved(string name) => All.Contains(name);
}
