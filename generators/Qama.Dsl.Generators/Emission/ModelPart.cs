using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Declarations;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Constants and descriptor; the summary that shows on hover.</summary>
internal sealed class ModelPart(SourceWriter writer, KernelPlan plan)
{
    private readonly ModelSpecification _model = plan.Specification;

    /// <summary>What the model is, for people: variables, spins, terms with their final weights.</summary>
    public static string Summary(KernelPlan plan)
    {
        ModelSpecification model = plan.Specification;
        var lines = new List<string>
        {
            "/// <summary>",
            $"/// Quantum-annealing attention of {model.HeadCount} heads x {model.HeadDim} over {model.Tokens} tokens of width {model.EmbeddingDim}: "
            + $"{plan.VariableCount} variables, {plan.SpinCount} spins on a machine.",
            "/// </summary>",
            "/// <remarks>",
            "/// Minimised energy:",
            "/// <list type=\"bullet\">",
        };
        lines.AddRange(Terms(plan).Select(t => $"/// <item>{t.Name}: {SourceWriter.Xml(t.Formula)}</item>"));
        lines.Add("/// </list>");
        lines.Add("/// where");
        lines.Add("/// <list type=\"bullet\">");
        lines.Add($"/// <item>J[h,i,j] = {SourceWriter.Xml(MathNotation.Write(plan.CouplingDefinition))}, made symmetric, zero diagonal</item>");
        if (plan.HasField)
        {
            lines.Add($"/// <item>f[h,i] = {SourceWriter.Xml(MathNotation.Write(plan.FieldDefinition))}</item>");
        }

        lines.Add("/// </list>");
        lines.Add("/// Output: y[i, h·D + d] = ε[h,i] g_d with the local energy ε[h,i] = −s_i (Σ_j J[h,i,j] s_j" + (plan.HasField ? " + f[h,i])." : ")."));
        lines.Add("/// Source of the operator: arXiv 2504.11083.");
        lines.Add("/// </remarks>");
        return string.Join("\n", lines);
    }

    public void Write()
    {
        WriteConstant("int", "Tokens", _model.Tokens, "Number of tokens N.");
        WriteConstant("int", "EmbeddingDim", _model.EmbeddingDim, "Width E of the input.");
        WriteConstant("int", "HeadCount", _model.HeadCount, "Number of heads H.");
        WriteConstant("int", "HeadDim", _model.HeadDim, "Width D of a head.");
        WriteConstant("int", "SelectionBits", plan.SelectionBits, "Bits B of a selection weight.");
        WriteConstant("int", "VariableCount", plan.VariableCount, "Selection bits per sample, HeadCount · Tokens · SelectionBits.");
        WriteConstant("int", "SlackCount", 0, "Slack bits of the exported QUBO.");
        WriteConstant("int", "SpinCount", plan.SpinCount, "Spins on a machine: selection bits, slack bits and the auxiliary spin that carries fields.");
        writer.Write($"""
            /// <summary>Row length of padded rows of tokens.</summary>
            private const int TokenStride = {Number(plan.Stride)};

            /// <summary>w_J of the solver's energy.</summary>
            private const double CouplingWeight = {SourceWriter.Double(plan.CouplingWeight)};

            """);
        if (plan.HasField)
        {
            writer.Write($"""
                /// <summary>w_f of the solver's energy, scale included.</summary>
                private const double FieldWeight = {SourceWriter.Double(plan.FieldWeight)};

                """);
        }

        foreach (TermWriter term in plan.Terms())
        {
            writer.Write($"""
                /// <summary>Final weight in {SourceWriter.Xml(term.Formula)}.</summary>
                private const double {term.Weight.Name} = {SourceWriter.Double(term.Weight.Value)};

                """);
        }

        WriteDescriptor();
    }

    /// <summary>Names and formulas of the energy's terms.</summary>
    private static IEnumerable<(string Name, string Formula, double Weight)> Terms(KernelPlan plan)
    {
        yield return ("Coupling", $"−{MathNotation.Write(plan.CouplingWeight)} Σ_h Σ_{{i≠j}} J[h,i,j] s[h,i] s[h,j]", plan.CouplingWeight);
        if (plan.HasField)
        {
            yield return ("Field", $"−{MathNotation.Write(plan.FieldWeight)} Σ_h Σ_i f[h,i] s[h,i]", plan.FieldWeight);
        }

        foreach (TermWriter term in plan.Terms())
        {
            yield return (term.Weight.Name.Replace("Weight", ""), term.Formula, term.Weight.Value);
        }
    }

    private void WriteDescriptor()
    {
        writer.Write("/// <summary>What the model is: shapes, terms, parameters.</summary>");
        writer.Open("public static global::Qama.Model.ModelDescriptor Descriptor { get; } = new()");
        writer.Write($"""
            Name = {SourceWriter.Text(_model.Type.FullName)},
            Tokens = Tokens,
            EmbeddingDim = EmbeddingDim,
            HeadCount = HeadCount,
            HeadDim = HeadDim,
            SelectionBits = SelectionBits,
            SlackCount = SlackCount,
            SpinCount = SpinCount,
            HasField = {Boolean(plan.HasField)},
            HasLayerNorm = {Boolean(_model.Inputs.LayerNorm)},
            HasProjection = {Boolean(!_model.Inputs.Projected)},
            HasProjectionBias = {Boolean(_model.Inputs.Bias)},
            """);
        writer.Open("Terms = new global::Qama.Model.TermDescription[]");
        foreach ((string name, string formula, double weight) in Terms(plan))
        {
            writer.Write($"new({SourceWriter.Text(name)}, {SourceWriter.Text(formula)}, {SourceWriter.Double(weight)}),");
        }

        writer.Close("},");
        writer.Open("Learnables = new global::Qama.Model.LearnableDescription[]");
        foreach (Learnable learnable in plan.Learnables)
        {
            writer.Write($"new({SourceWriter.Text(learnable.Name)}, new[] {{ {Number(learnable.Length)} }}, {SourceWriter.Double(learnable.Initial)}),");
        }

        writer.Close("},").Close("};");
    }

    private void WriteConstant(string type, string name, int value, string summary) => writer.Write($"""
        /// <summary>{summary}</summary>
        public const {type} {name} = {Number(value)};

        """);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Boolean(bool value) => value ? "true" : "false";
}
