using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Model;

/// <summary>What a model's declaration alone says about its coefficients.</summary>
internal static class ModelBounds
{
    /// <summary>J[i,j] of two different tokens.</summary>
    public static Interval Coupling(ModelSpecification model) => CoefficientBounds.Of(
        ModelTerms.Coupling(model, new ExpressionPool(model.HeadDim)), model.Coupling.Normalize,
        ModelTerms.PositionsOf(model).Ranges(includesSelf: model.Coupling.KeepDiagonal));

    /// <summary>f[i], with what a gradient adds to it.</summary>
    public static Interval Field(ModelSpecification model) => model.Gradient.ShiftsFields ? Interval.Reals : CoefficientBounds.Of(
        ModelTerms.Field(model, new ExpressionPool(model.HeadDim)), model.Field.Normalize, ModelTerms.PositionsOf(model).Ranges());
}
