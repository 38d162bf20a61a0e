using System.Globalization;

namespace Qama.Layers;

/// <summary>The sizes of couplings and fields with which a model's energies are numbers of single precision, in which kernels
/// compute: see <see cref="AttentionProblemBatch{TModel}"/>.</summary>
internal sealed class CoefficientRange(ModelDescriptor model)
{
    private const double LargestEnergy = 8e37;
    private const double SmallestNormal = 1.17549435e-38;

    // Hand-written models may leave it 0.
    private readonly double _couplingWeight = model.CouplingWeight > 0 ? model.CouplingWeight : 1;

    private readonly double _declaredPenalties = model.Terms
        .Where(t => t.Name is not ("Coupling" or "Field") && double.IsFinite(t.Weight)).Sum(t => Math.Abs(t.Weight));

    /// <summary>What is wrong with coefficients of these sizes; null if nothing.</summary>
    /// <param name="coupling">The largest coupling's size, or a bound of it; not finite if one is not.</param>
    /// <param name="field">The largest field's size.</param>
    /// <param name="penaltyWeights">Weights that are computed from the coefficients.</param>
    public string? FaultOf(float coupling, float field, ReadOnlySpan<double> penaltyWeights)
    {
        if (!float.IsFinite(coupling) || !float.IsFinite(field))
        {
            return Problems.ProblemBatch.NotANumber;
        }

        (double pair, double single) = (_couplingWeight * coupling, model.FieldWeight * field);
        double penalties = _declaredPenalties;
        foreach (double weight in penaltyWeights)
        {
            penalties += weight;
        }

        double weights = (double)model.HeadCount * model.Tokens;
        double energy = weights * ((model.Tokens * pair) + single + ((model.HeadCount + model.Tokens) * penalties));
        if (!(energy <= LargestEnergy))
        {
            return Describe("energies may reach", energy, "holds sums up to", LargestEnergy);
        }

        double largest = Math.Max(Math.Max(2 * pair, single), penalties);
        return largest is 0 or >= SmallestNormal || largest >= Math.Max(coupling, field)
            ? null
            : Describe("the largest coefficient is", largest, "begins at", SmallestNormal);

        string Describe(string what, double size, string limit, double end) => string.Create(
            CultureInfo.InvariantCulture,
            $"couplings of up to {coupling:G3} and fields of up to {field:G3}: with the weights of {model.Name} "
            + $"{what} {size:G3}, and single precision {limit} {end:G3}");
    }
}
