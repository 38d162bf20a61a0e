using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Validation.Rules;

/// <summary>Numbers that are learned start at numbers, and learned couplings are of pairs.</summary>
internal static class LearnedNumbers
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            foreach (TermParameter parameter in declaration.Terms[t].Parameters)
            {
                if (parameter.IsLearnable && double.IsInfinity(parameter.Initial))
                {
                    yield return Descriptors.InitialNotFinite.At(
                        Locator.OfTerm(t, parameter.Place), parameter.Name, Text.Number(parameter.Initial));
                }
            }
        }

        if (declaration.Find(WellKnownNames.LearnedCoupling) is not { IsBroken: false } learned)
        {
            yield break;
        }

        if (learned.Known("Initial", 0) is { } initial && double.IsInfinity(initial))
        {
            yield return Descriptors.InitialNotFinite.At(learned, "Initial", learned.Name, Text.Number(initial));
        }

        // The first version's energy has a token's coupling with itself.
        if (declaration.HasSizes(specification) && specification.Tokens == 1 && !specification.Coupling.KeepDiagonal)
        {
            yield return Descriptors.LearnedCouplingWithoutPairs.At(new Locator(learned.Ordinal), declaration.Type.Name).OrRemove(learned);
        }
    }
}
