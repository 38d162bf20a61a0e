using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Validation;

namespace Qama.Generators.Emission;

/// <summary>
/// The public surface of a model whose declaration has errors, so that code which uses the class compiles and the declaration's
/// own errors are not buried under others. Everything throws, naming the findings.
/// </summary>
internal sealed class StubPart(SourceWriter writer, ModelDeclaration declaration, ModelSpecification model, ElementType elementType)
{
    private readonly string _self = declaration.Type.Name;
    private readonly string _element = elementType.Name;

    /// <summary>What a stub can be written for: a class that a part with a base class can be added to.</summary>
    public static bool IsPossible(ModelDeclaration declaration) =>
        declaration.Traits.HasFlag(TypeTraits.Partial) && declaration.Traits.HasFlag(TypeTraits.ContainersPartial)
        && (declaration.Traits & (TypeTraits.Static | TypeTraits.Abstract | TypeTraits.Generic | TypeTraits.FileLocal
            | TypeTraits.Record | TypeTraits.PrimaryConstructor)) == 0
        && declaration.BaseType is null
        && !declaration.HiddenNames.Contains("System") && !declaration.HiddenNames.Contains(WellKnownNames.Namespace);

    /// <summary>Whether it derives from the layer's base class: not where that would hide what an argument means.</summary>
    private static bool HasBase(ModelDeclaration declaration) => !declaration.NamesInUse.Any(GeneratedNames.Inherited.Contains);

    public static GeneratedFile Emit(
        ModelDeclaration declaration, ModelSpecification model, IEnumerable<Finding> findings, ElementType elementType)
    {
        string[] ids = [.. findings.Where(Descriptors.IsError).Select(f => f.Id).Distinct()];
        string message = ids.Length == 0
            ? $"The declaration of {declaration.Type.FullName} does not compile."
            : $"The declaration of {declaration.Type.FullName} has errors: {string.Join(", ", ids)}.";
        string contract = $"global::Qama.Layers.IQuboAttention<{declaration.Type.Name}>";
        return PartWriter.Write(
            declaration.Type, WellKnownNames.Stub,
            w => new StubPart(w, declaration, model, elementType).Write(message),
            $"/// <summary>No layer yet. {SourceWriter.Xml(message)}</summary>",
            HasBase(declaration) ? $"global::Qama.Layers.QuboAttentionLayer<{elementType.Name}>, {contract}" : contract);
    }

    private void Write(string message)
    {
        string error = $"throw new global::System.InvalidOperationException({SourceWriter.Text(message)})";
        string span = $"global::System.ReadOnlySpan<{_element}>";
        string target = $"global::System.Span<{_element}>";
        string sample = $"in global::Qama.Layers.SampleBuffers<{_element}> sample";
        const string View = "in global::Qama.Problems.ProblemView problem";
        string contract = $"global::Qama.Layers.IQuboAttention<{_self}>";

        WriteConstant(GeneratedNames.Tokens, model.Tokens);
        WriteConstant(GeneratedNames.EmbeddingDim, model.EmbeddingDim);
        WriteConstant(GeneratedNames.HeadCount, model.HeadCount);
        WriteConstant(GeneratedNames.HeadDim, model.HeadDim);
        WriteConstant(GeneratedNames.SelectionBits, model.Selection.Bits);
        WriteConstant(GeneratedNames.VariableCount, model.Spins.Variables);
        WriteConstant(GeneratedNames.SlackCount, model.Spins.SlackCount);
        WriteConstant(GeneratedNames.SpinCount, model.Spins.Total);
        WriteMember(GeneratedNames.Descriptor, $"public static global::Qama.Layers.ModelDescriptor Descriptor => {error};");
        if (!declaration.Traits.HasFlag(TypeTraits.SeedConstructor))
        {
            Summary();
            writer.Mark().Write($$"""
                public {{_self}}(long seed){{(HasBase(declaration) ? $"\n    : base({(IsFree(GeneratedNames.Descriptor) ? "Descriptor" : "null!")}, seed)" : "")}}
                {
                }

                """);
        }

        // With or without fields and learned vectors: whatever the declaration will be.
        WriteMember(GeneratedNames.ComputeCouplings, $"public static void ComputeCouplings({span} query, {span} key, {target} couplings) => {error};");
        WriteMember(GeneratedNames.ComputeFields, $"public static void ComputeFields({span} value, {target} fields) => {error};");
        WriteMember(GeneratedNames.ComputeFields, $"public static void ComputeFields({span} value, {span} energyToValue, {target} fields) => {error};");
        WriteMember(GeneratedNames.AssembleQubo, $"public static global::Qama.Ising.QuboMatrix AssembleQubo({span} couplings, {span} fields = default) => {error};");
        WriteMember(GeneratedNames.AssembleIsing, $"public static global::Qama.Ising.IsingProblem AssembleIsing({span} couplings, {span} fields = default) => {error};");
        WriteOverride(GeneratedNames.ScratchLength, $"protected override int ScratchLength => {error};");
        WriteOverride(GeneratedNames.CreateProblems, $"protected override global::Qama.Layers.AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) => {error};");
        WriteOverride(GeneratedNames.ComputeCoefficients, $"protected override void ComputeCoefficients{VectorMethod.Registers}({sample}) => {error};");
        WriteOverride(GeneratedNames.ComputeReadout, $"protected override void ComputeReadout{VectorMethod.Registers}({sample}, {target} output) => {error};");
        WriteOverride(GeneratedNames.BackwardReadout, $"protected override void BackwardReadout{VectorMethod.Registers}({sample}, {span} outputGradient) => {error};");
        WriteOverride(GeneratedNames.BackwardCoefficients, $"protected override void BackwardCoefficients{VectorMethod.Registers}({sample}) => {error};");
        writer.Write($$"""
            static global::Qama.Layers.ModelDescriptor {{contract}}.Descriptor => {{error}};

            static int {{contract}}.AnnealingScratch => {{error}};

            static double {{contract}}.Energy({{View}}, global::System.ReadOnlySpan<byte> state) => {{error}};

            static void {{contract}}.Anneal(
                {{View}}, in global::Qama.Problems.AnnealingSchedule schedule,
                ref global::Qama.Numerics.RandomStream random, global::System.Span<byte> state, global::System.Span<float> scratch) => {{error}};

            static void {{contract}}.WriteQubo({{View}}, global::Qama.Ising.QuboMatrix destination) => {{error}};
            """);
    }

    private void WriteConstant(string name, long value)
    {
        if (IsFree(name))
        {
            long fitting = value is >= int.MinValue and <= int.MaxValue ? value : 0;
            Summary();
            writer.WriteField($"public const int {name} = {fitting.ToString(CultureInfo.InvariantCulture)};").Line();
        }
    }

    private void WriteMember(string name, string member)
    {
        if (IsFree(name))
        {
            Summary();
            writer.Mark().Write(member).Line();
        }
    }

    private void WriteOverride(string name, string member)
    {
        if (HasBase(declaration) && IsFree(name))
        {
            writer.Write("/// <inheritdoc/>").Mark().Write(member).Line();
        }
    }

    private void Summary() => writer.Write("/// <summary>The declaration has errors.</summary>");

    /// <summary>Whether the user's part leaves the name, which may be the very error; what is said in it stays what it means.</summary>
    private bool IsFree(string name) => !declaration.NamesInUse.Contains(name) && new[] { name, "get_" + name, "set_" + name }
        .All(n => n != _self && !declaration.Members.Contains(n));
}
