using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>Constants and descriptor; the summary that shows on hover.</summary>
internal sealed class ModelPart(SourceWriter writer, KernelPlan plan)
{
    /// <summary>Formulas of more derivatives have a line each.</summary>
    private const int InOneLine = 8;

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
        if (model.HasOwnProblems)
        {
            lines.Insert(2, $"/// A sample has {model.ProblemCount} problems, each a <see cref=\"{GeneratedNames.SelectionProblem}\"/>.");
        }

        lines.AddRange(Terms(plan).Select(t => $"/// <item>{t.Name}: {SourceWriter.Xml(t.Formula)}</item>"));
        lines.Add("/// </list>");
        lines.Add("/// where");
        lines.Add("/// <list type=\"bullet\">");
        lines.Add($"/// <item>J[h,i,j] = {SourceWriter.Xml(MathNotation.Write(plan.CouplingDefinition))}, {CouplingShape(plan)}</item>");
        if (plan.HasField)
        {
            lines.Add($"/// <item>f[h,i] = {SourceWriter.Xml(MathNotation.Write(plan.FieldDefinition))}</item>");
        }

        // What had to be cut is not worth reading.
        lines.AddRange(CoefficientFormula.Of(plan).SelectMany(c => c.Gradients).Where(g => !g.EndsWith("…", StringComparison.Ordinal)).Select(g => $"/// <item>{SourceWriter.Xml(g)}</item>"));
        lines.Add("/// </list>");
        lines.Add($"/// Output: {SourceWriter.Xml(ReadoutPart.Formula(plan))}.");
        if (model.DeclaresGradient)
        {
            lines.Add($"/// Gradient through the selection: {GradientWriter.Formula(model)}.");
        }

        lines.Add("/// Source of the operator: arXiv 2504.11083.");
        lines.Add("/// </remarks>");
        return string.Join("\n", lines);
    }

    /// <summary>What a problem's model is, for people.</summary>
    public static string SummaryOfProblem(KernelPlan plan)
    {
        ModelSpecification model = plan.Specification;
        return string.Join("\n",
        [
            "/// <summary>",
            $"/// One problem of the layer, as samplers and machines see it: {model.HeadCount} heads over {model.Tokens} candidates, "
            + $"{plan.VariableCount} variables, {plan.SpinCount} spins on a machine.",
            "/// </summary>",
            "/// <remarks>",
            "/// Minimised energy, with couplings J and fields f that the layer makes, all weights included:",
            "/// <list type=\"bullet\">",
            .. Terms(plan).Select(t => $"/// <item>{t.Name}: {SourceWriter.Xml(t.Formula)}</item>"),
            "/// </list>",
            "/// </remarks>",
        ]);
    }

    /// <summary>What becomes of J after its definition, in words.</summary>
    public static string CouplingShape(KernelPlan plan) =>
        (plan.Specification.Coupling.Symmetrise ? "made symmetric" : "not made symmetric")
        + (plan.Specification.Coupling.KeepDiagonal ? ", diagonal kept" : ", zero diagonal")
        + (plan.HasPairMask ? ", zero for masked pairs" : "");

    public void Write()
    {
        WriteConstant(GeneratedNames.Tokens, _model.Tokens, "Number of tokens N.");
        if (_model.HasOwnKeys)
        {
            WriteConstant(GeneratedNames.KeyTokens, _model.KeyTokens, "Number of keys and values.");
        }

        WriteConstant(GeneratedNames.EmbeddingDim, _model.EmbeddingDim, "Width E of the input.");
        WriteConstant(GeneratedNames.HeadCount, _model.HeadCount, "Number of heads H.");
        WriteConstant(GeneratedNames.HeadDim, _model.HeadDim, "Width D of a head.");
        WriteConstant(GeneratedNames.SelectionBits, plan.SelectionBits, "Bits B of a selection weight.");
        WriteConstant(GeneratedNames.VariableCount, plan.VariableCount, _model.HasOwnProblems
            ? "Selection bits of a problem: see <see cref=\"SelectionProblem\"/>."
            : "Selection bits per sample, HeadCount · Tokens · SelectionBits.");
        WriteConstant(GeneratedNames.SlackCount, plan.SlackCount, "Slack bits of the exported QUBO.");
        WriteConstant(
            GeneratedNames.SpinCount, plan.SpinCount,
            "Spins on a machine: selection bits, slack bits and the auxiliary spin that carries fields.");
        writer.Write("/// <summary>What the model is: shapes, terms, parameters.</summary>").Mark().Write($"""
            public static global::Qama.Layers.ModelDescriptor {GeneratedNames.Descriptor} => {GeneratedNames.Nested}.Description;

            """);
        PartWriter.Nested(writer, WriteNested);
    }

    private void WriteNested()
    {
        if (plan.IsRectangular)
        {
            writer.Write($"""
                /// <summary>Tokens that kernels work on at a time.</summary>
                private const int Tokens = {Number(plan.KernelTokens)};

                """);
        }

        writer.Write($"""
            /// <summary>Row length of padded rows of tokens.</summary>
            public const int TokenStride = {Number(plan.Stride)};

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

        WriteGeometry();
        WriteDescriptor();
    }

    /// <summary>Names and formulas of the energy's terms.</summary>
    private static IEnumerable<(string Name, string Formula, double Weight)> Terms(KernelPlan plan)
    {
        if (plan.Specification.HasCoupling)
        {
            yield return ("Coupling", Formulas.Coupling(plan), plan.CouplingWeight);
        }

        if (plan.HasField)
        {
            yield return ("Field", Formulas.Field(plan), plan.FieldWeight);
        }

        if (plan.Specification is { Select.Scope: SelectionScope.Query, LearnedCoupling: { } learned })
        {
            yield return ("LearnedCoupling", Formulas.LearnedCoupling(plan, learned), plan.CouplingWeight * learned.Weight);
        }

        foreach (PlannedPenalty penalty in plan.Penalties)
        {
            yield return (penalty.Penalty.Name, Formulas.Of(penalty, plan), penalty.Weight ?? double.NaN);
        }
    }

    /// <summary>Distances and the mask, where a term needs them.</summary>
    private void WriteGeometry()
    {
        if (plan.HasPairMask || plan.UsesDistance)
        {
            writer.Write("/// <summary>The distance of two tokens" + (_model.Geometry.IsGrid ? " on the grid: rows or columns apart, whichever is more.</summary>" : " on the line.</summary>"));
            writer.Write(_model.Geometry.IsGrid
                ? $"""
                  private static int Distance(int i, int j) => global::System.Math.Max(
                      global::System.Math.Abs(i / {_model.Geometry.Columns} - j / {_model.Geometry.Columns}), global::System.Math.Abs(i % {_model.Geometry.Columns} - j % {_model.Geometry.Columns}));
                  """
                : "private static int Distance(int i, int j) => global::System.Math.Abs(i - j);");
            writer.Line();
        }

        if (plan.HasPairMask)
        {
            string test = _model.Mask.Pattern == MaskPattern.Window
                ? $"Distance(i, j) <= {_model.Mask.Size}"
                : $"i / {_model.Mask.Size} == j / {_model.Mask.Size}";
            writer.Write($"""
                /// <summary>Whether two different tokens have a coupling and pair terms.</summary>
                private static bool Interacts(int i, int j) => {test};

                """);
        }

        if (plan.HasPairMask && plan.Features is null && !plan.IsCausal)
        {
            writer.Write($"""
                /// <summary>1 for pairs that interact, else 0, [Tokens, TokenStride].</summary>
                public static readonly {plan.ElementType.Name}[] InteractingPairs =
                    global::Qama.Problems.PositionTable.OfPairs<{plan.ElementType.Name}>(
                        1, Tokens, true, static (_, i, j) => i != j && Interacts(i, j) ? 1 : 0);

                """);
        }
    }

    private void WriteDescriptor()
    {
        writer.Write("/// <summary>What the model is.</summary>");
        writer.Open("public static readonly global::Qama.Layers.ModelDescriptor Description = new()");
        writer.Write($"""
            Name = {SourceWriter.Text(_model.Type.FullName)},
            Tokens = {(plan.IsRectangular ? Number(_model.Tokens) : "Tokens")}, EmbeddingDim = EmbeddingDim, HeadCount = HeadCount, HeadDim = HeadDim,
            SelectionBits = SelectionBits, SlackCount = SlackCount, SpinCount = SpinCount, HasField = {Boolean(plan.HasField)},
            HasLayerNorm = {Boolean(_model.Inputs.LayerNorm)}, HasProjection = {Boolean(!_model.Inputs.Projected)}, HasProjectionBias = {Boolean(_model.Inputs.Bias)},
            DividesHeads = {Boolean(!_model.HasOwnProblems)},
            """);
        WriteOptions();
        writer.Open("Terms = new global::Qama.Layers.TermDescription[]");
        foreach ((string name, string formula, double weight) in Terms(plan))
        {
            writer.Write($"new({SourceWriter.Text(name)}, {SourceWriter.Text(formula)}, {SourceWriter.Double(weight)}),");
        }

        writer.Close("},");
        WriteConstraints();
        if (_model.IsProblem)
        {
            writer.Write("Learnables = global::System.Array.Empty<global::Qama.Layers.LearnableDescription>(),").Close("};");
            return;
        }

        writer.Open("Coefficients = new global::Qama.Layers.CoefficientDescription[]");
        foreach (CoefficientFormula coefficient in CoefficientFormula.Of(plan))
        {
            string separator = coefficient.Gradients.Count > InOneLine ? ",\n    " : ", ";
            string gradients = coefficient.Gradients.Count == 0
                ? "global::System.Array.Empty<string>()"
                : $"new[] {{ {string.Join(separator, coefficient.Gradients.Select(SourceWriter.Text))} }}";
            writer.Write($"new({SourceWriter.Text(coefficient.Name)}, {SourceWriter.Text(coefficient.Formula)}, {gradients}),");
        }

        writer.Close("},");
        writer.Open("Learnables = new global::Qama.Layers.LearnableDescription[]");
        foreach (Learnable learnable in plan.Learnables)
        {
            string shape = string.Join(", ", learnable.Shape.Select(s => Number(s)));
            string perHead = learnable.PerHead ? " { PerHead = true }" : "";
            writer.Write(
                $"new({SourceWriter.Text(learnable.Name)}, new[] {{ {shape} }}, {SourceWriter.Double(learnable.Initial)}){perHead},");
        }

        writer.Close("},").Close("};");
    }

    private void WriteConstraints()
    {
        ImmutableArray<ModelConstraint> constraints = ModelConstraints.Of(_model.Problem);
        if (constraints.IsEmpty)
        {
            return;
        }

        writer.Open("Constraints = new global::Qama.Layers.ConstraintDescription[]");
        foreach (ModelConstraint constraint in constraints)
        {
            HardConstraint c = constraint.Constraint;
            string bound = c.IsExclusion ? "" : ", " + SourceWriter.Double(c.Count);
            writer.Write($"new(global::Qama.ConstraintKind.{c.Kind}{bound}),");
        }

        writer.Close("},");
    }

    /// <summary>What most models do without.</summary>
    private void WriteOptions()
    {
        Option("HasSymmetricCouplings", "false", !_model.Coupling.Symmetrise);
        Option("KeepsDiagonal", "true", _model.Coupling.KeepDiagonal);
        Option("NormalizesCouplings", "true", _model.Coupling.Normalize == Normalization.Batch);
        Option("NormalizesFields", "true", plan.HasField && _model.Field.Normalize == Normalization.Batch);
        Option("NormalizesOutput", "true", _model.NormalizesOutput);
        Option("OutputStartsAtZero", "true", _model.NormalizesOutput && _model.ReadoutOptions.StartAtZero);
        Option("CouplingForm", SourceWriter.Text(FactoredCouplings.Describe(_model)), true);
        if (plan.Features is { } features)
        {
            Option("CouplingFactor", SourceWriter.Double(features.Factor), true);
            Option("CouplingRank", Number(features.Rank), true);
            Option("ComputesFeatures", "true", features.AreComputed);
            Option("CouplingWindow", Number(plan.Window), plan.Window > 0);
            Option("CouplingBlock", Number(plan.Block), plan.Block > 0);
        }

        Option("Scope", $"global::Qama.SelectionScope.{_model.Select.Scope}", _model.HasOwnProblems);
        Option("Problem", $"{GeneratedNames.SelectionProblem}.{GeneratedNames.Descriptor}", _model.HasOwnProblems);
        Option("ReadoutKind", $"global::Qama.ReadoutKind.{_model.Readout}", _model.HasOwnProblems);
        Option("WeighsReadout", "true", _model.HasOwnProblems && _model.ReadoutOptions.Weighted);
        Option("KeyTokens", "Tokens", _model.HasOwnKeys);
        Option("HasOwnKeys", "true", _model.HasOwnKeys);
        bool perQuery = _model.Select.Scope == SelectionScope.Query;
        Option("QueryBlock", Number(_model.Select.QueryBlock), perQuery && _model.Select.QueryBlock != 1);
        Option("Unit", Number(_model.Select.Unit), perQuery && _model.Select.Unit != 1);
        Option("Mask", $"global::Qama.MaskPattern.{_model.Mask.Pattern}", perQuery && _model.Mask.Pattern != MaskPattern.All);
        Option("MaskSize", Number(_model.Mask.Size), perQuery && _model.Mask.Size != 0);
        Option("HasCoupling", "false", _model.IsProblem && !_model.HasCoupling);
        if (_model.LearnedCoupling is { } learned)
        {
            string numbers = $"{SourceWriter.Double(learned.Weight)}, {SourceWriter.Double(learned.Initial)}";
            Option(
                "LearnedCoupling",
                $"new(global::Qama.LearnedCouplingForm.{learned.Form}, Tokens, {Number(_model.Geometry.Columns)}, HeadCount, {Boolean(learned.PerHead)}, {numbers})",
                true);
        }

        if (plan.IsCausal)
        {
            Option("BlockTokens", Number(_model.Select.Block), true);
            Option("KeptTokens", Number(_model.Select.Memory), _model.Select.Memory > 0);
        }

        Option("ReadsSimilarity", "true", _model.Readout == ReadoutKind.SelectedAttention && !perQuery);
        Option("Readout", SourceWriter.Text(ReadoutPart.Formula(plan)), !_model.IsProblem);
        Option("ReadCount", Number(_model.Reads), _model.Reads > 1);
        Option("Temperature", SourceWriter.Double(_model.ReadoutOptions.Temperature), _model.HasTemperature);
        Option(
            "TemperatureFrom", $"global::Qama.TemperatureSource.{_model.ReadoutOptions.TemperatureFrom}",
            _model.HasTemperature && _model.ReadoutOptions.TemperatureFrom != TemperatureSource.Declared);
        Option("Gradient", GradientWriter.Description(_model), _model.DeclaresGradient);
        Option("CouplingWeight", "CouplingWeight", true);
        Option("FieldWeight", "FieldWeight", plan.HasField);

        void Option(string name, string value, bool applies)
        {
            if (applies)
            {
                writer.Write($"{name} = {value},");
            }
        }
    }

    private void WriteConstant(string name, long value, string summary) => writer
        .Write($"/// <summary>{summary}</summary>").WriteField($"public const int {name} = {Number(value)};").Line();

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Boolean(bool value) => value ? "true" : "false";
}
