namespace Qama.Generators.Model;

/// <summary>Names the generator looks for in the user's compilation.</summary>
internal static class WellKnownNames
{
    public const string Namespace = "Qama";
    public const string RuntimeAssembly = "Qama.Dsl";
    public const string QuboAttention = "QuboAttention";
    public const string Heads = "Heads";
    public const string Grid = "Grid";
    public const string SoftSelection = "SoftSelection";
    public const string Select = "Select";
    public const string Coupling = "Coupling";
    public const string LearnedCoupling = "LearnedCoupling";
    public const string Field = "Field";
    public const string HeadExclusion = "HeadExclusion";
    public const string Sparsity = "Sparsity";
    public const string LongRange = "LongRange";
    public const string Mask = "Mask";
    public const string Readout = "Readout";
    public const string Gradient = "Gradient";
    public const string Inputs = "Inputs";
    public const string Target = "Target";
    public const string CouplingTerm = "CouplingTerm";
    public const string FieldTerm = "FieldTerm";
    public const string PairTerm = "PairTerm";
    public const string TokenTerm = "TokenTerm";
    public const string ReadoutTerm = "ReadoutTerm";
    public const string Learnable = "Learnable";
    public const string QuboAttentionAttribute = Namespace + "." + QuboAttention + "Attribute";
    public const string Constructor = ".ctor";
    public const string LayerBaseClass = "QuboAttentionLayer";

    /// <summary>The part that is written for a declaration with errors, and the end of its file's name.</summary>
    public const string Stub = "Stub";
    public const string StubFile = "." + Stub + ".g.cs";

    /// <summary>Part of the path of every file this generator writes.</summary>
    public const string GeneratedPath = "Qama.Generators.QuboAttentionGenerator";
}
