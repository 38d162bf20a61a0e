using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission.Tensors;

/// <summary>What the tensor backend asks of a model: couplings and fields as operations of torch.</summary>
internal sealed class TensorPart(SourceWriter writer, KernelPlan plan)
{
    /// <summary>The type's name.</summary>
    public const string Name = "TensorModel";

    private const string Tensors = "global::Qama.Torch.Tensors";
    private const string Energies = "global::Qama.Torch.Energies";
    private const string Tensor = "global::TorchSharp.torch.Tensor?";

    private readonly KernelWriter _kernels = new(writer, plan);

    public void Write() => PartWriter.Nested(writer, () =>
    {
        writer.Write("/// <summary>The model's coefficients as operations of torch.</summary>").Mark();
        writer.Open($"public sealed class {Name} : {Tensors}.TensorMath, {Tensors}.ITensorModel");
        writer.Write($"private static readonly {Energies}.TensorEnergy DeclaredEnergy = {Energies}.TensorEnergy.Of<{EnergyWriter.Name}>();");
        writer.Line().Write($"{Energies}.TensorEnergy {Tensors}.ITensorModel.Energy => DeclaredEnergy;");
        writer.Line().Write($"public {Tensors}.TensorReadout Readout {{ get; }} =").Write($"    {Readout()};").Line();
        bool hasCoupling = plan.Specification.HasCoupling;
        WriteCoefficient("Couplings", "F[i,j]", plan.CouplingDefinition, hasCoupling ? TensorPlan.OfCouplings(plan) : null);
        writer.Line();
        WriteCoefficient("Fields", "f[i]", plan.FieldDefinition, plan.HasField ? TensorPlan.OfFields(plan) : null);
        writer.Line();
        if (plan.ReadoutTerms is { } terms)
        {
            WriteCoefficient("Terms", "y", terms.Definition, TensorPlan.OfReadout(plan));
            writer.Line();
        }

        WriteWeights();
        writer.Close();
    });

    private string Readout()
    {
        ReadoutKind kind = plan.Specification.Readout;
        if (plan.ReadoutTerms is not null)
        {
            return $"new({Tensors}.TensorReadoutKind.Terms{(plan.Specification.ReadoutOptions.Weighted ? ", IsWeighted: true" : "")})";
        }

        int generator = kind is ReadoutKind.LocalEnergy or ReadoutKind.Expectation
            ? plan.Learnables.IndexOf(plan.Learnable(Importances.EnergyToValue))
            : -1;
        string weighted = plan.Specification.ReadoutOptions.Weighted ? ", IsWeighted: true" : "";
        return $"new({Tensors}.TensorReadoutKind.{kind}{(generator < 0 ? "" : $", Generator: {Number(generator)}")}{weighted})";
    }

    private void WriteCoefficient(string name, string symbol, Expression definition, TensorPlan? program)
    {
        string header = $"public {Tensor} {name}({Tensors}.TensorInputs inputs)";
        if (program is null)
        {
            writer.Write(header + " => null;");
            return;
        }

        writer.Open(header);
        _kernels.Comment(symbol, definition);
        TensorWriter.Write(writer, plan, program);
        writer.Close();
    }

    private void WriteWeights()
    {
        string header = $"public {Tensor} ComputeWeights({Energies}.TensorProblem problem) =>";
        if (plan.ConstraintWeights.IsEmpty)
        {
            writer.Write(header + " null;");
            return;
        }

        const string Constraint = Tensors + ".TensorConstraint";
        writer.Write(header).Write($"    {Tensors}.TensorPenaltyBound.Weights(problem, DeclaredConstraints);").Line();
        writer.Open($"private static readonly {Constraint}[] DeclaredConstraints = new {Constraint}[]");
        foreach (SufficientWeight weight in plan.ConstraintWeights)
        {
            writer.Write("// " + ConstraintsWriter.Describe(weight.Constraint));
            string repairs = string.Join(", ", weight.Repairs.Select(r => "new " + ConstraintsWriter.ArrayOf(r)));
            writer.Write($"new({SourceWriter.Double(weight.Unit)}, {repairs}),");
        }

        writer.Close("};");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
