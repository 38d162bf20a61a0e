using Qama.Layers;
using Qama.Problems;

namespace Qama.Tool.Weighing;

/// <summary>A declared model of which problems are made with other weights than the declared ones.</summary>
internal interface IWeighedModel
{
    /// <summary>The parts of the energy.</summary>
    IReadOnlyList<EnergyPart> Parts { get; }

    /// <summary>The descriptor of a problem.</summary>
    ModelDescriptor Problem { get; }

    /// <summary>A problem with other weights.</summary>
    /// <param name="coefficients">Its coefficients.</param>
    /// <param name="scales">What the declared weight of each part is multiplied by, 0 or more.</param>
    /// <exception cref="ArgumentException">There is not one scale for each part, or one is negative or not finite.</exception>
    IWeighedProblem Weigh(Coefficients coefficients, IReadOnlyList<double> scales);
}

/// <summary>How a model is found by the problems of a layer.</summary>
internal static class WeighedModel
{
    /// <summary>The model of a batch's problems.</summary>
    /// <param name="batch">Problems of a declared model.</param>
    /// <exception cref="InvalidDataException">They are those of a model that was written by hand.</exception>
    public static IWeighedModel Of(AttentionProblemBatch batch)
    {
        Type model = batch.GetType().GetGenericArguments()[0];
        Type? declared = model.GetInterfaces().FirstOrDefault(
            i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IDeclaredAttention<,>));
        return declared is null
            ? throw new InvalidDataException($"{model.FullName} was written by hand: its energy has no parts to weigh.")
            : (IWeighedModel)Activator.CreateInstance(
                typeof(WeighedModel<,>).MakeGenericType(model, declared.GetGenericArguments()[1]))!;
    }
}

/// <summary>The problems of one declared model.</summary>
/// <typeparam name="TModel">The declared class, or that of its problems.</typeparam>
/// <typeparam name="TEnergy">Its energy.</typeparam>
internal sealed class WeighedModel<TModel, TEnergy> : IWeighedModel
    where TModel : IDeclaredAttention<TModel, TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <inheritdoc/>
    public ModelDescriptor Problem { get; } = TModel.Descriptor.Problem;

    /// <inheritdoc/>
    public IReadOnlyList<EnergyPart> Parts { get; } = EnergyPart.Of<TEnergy>(TModel.Descriptor.Problem);

    /// <inheritdoc/>
    public IWeighedProblem Weigh(Coefficients coefficients, IReadOnlyList<double> scales)
    {
        if (scales.Count != Parts.Count || scales.Any(s => !(s is >= 0 and <= EnergyPart.LargestScale)))
        {
            throw new ArgumentException(
                $"Expected {Parts.Count} scales from 0 to {EnergyPart.LargestScale}.", nameof(scales));
        }

        double[] computed = ComputedWeights(coefficients, scales);
        double[] weights = [.. Parts.Select((p, k) => scales[k] * WeightOf(p, computed))];
        return new WeighedProblem<TModel, TEnergy>(coefficients, Parts, scales, weights);
    }

    private static double WeightOf(EnergyPart part, ReadOnlySpan<double> computed) => part.Kind switch
    {
        PartKind.Coupling => TEnergy.CouplingWeight,
        PartKind.Field => TEnergy.FieldWeight,
        PartKind.Curvature => TEnergy.Curvature,
        PartKind.Exclusion => TEnergy.GetExclusion(computed),
        PartKind.Sum => TEnergy.GetSumPenalty(part.Index, computed).Weight,
        _ => part.Declared,
    };

    // Sufficient for the weights asked for: bounds are sums of what each part may do, and code has those of the declared penalties.
    private double[] ComputedWeights(Coefficients problem, IReadOnlyList<double> scales)
    {
        var weights = new double[TEnergy.ComputedWeightCount];
        if (weights.Length == 0)
        {
            return weights;
        }

        double most = Parts.Select((p, k) => p.Kind is PartKind.Coupling or PartKind.Field ? 1 : scales[k]).Append(1).Max();
        double Scale(PartKind kind) => Parts.Select((p, k) => p.Kind == kind ? scales[k] : 0).Sum() / most;
        (int heads, int n, int count) = (TEnergy.Heads, TEnergy.Tokens, problem.TokenCount);
        var rows = new RowBound[heads * count];
        for (int h = 0; h < heads; h++)
        {
            RowBounds.Write<float>(
                TEnergy.HasCoupling ? problem.Couplings.AsSpan(h * n * n, n * n) : default,
                TEnergy.HasField ? problem.Fields.AsSpan(h * n, count) : default, n, TEnergy.KeepsDiagonal,
                rows.AsSpan(h * count, count));
        }

        TEnergy.ComputeWeights(
            new RowBounds(
                rows, heads, n, TEnergy.CouplingWeight * Scale(PartKind.Coupling), TEnergy.FieldWeight * Scale(PartKind.Field)),
            weights);
        return [.. weights.Select(w => w * most)];
    }
}
