using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Reading.Terms;

namespace Qama.Generators.Validation.Rules;

/// <summary>What reading a model found that ends its compilation: nothing else is worth checking then.</summary>
internal static class ModelSize
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Failure is { } reason)
        {
            yield return Failed(declaration, reason);
        }

        (string Before, long Count, string After, long Most)[] limits =
        [
            ("code of its class is nested", declaration.Depth, "levels deep", Nesting.Deepest),
            ("its terms come to", declaration.Terms.Sum(t => (long)t.Operations), "operations together", Limits.ModelOperations),
            ("its terms have", declaration.Terms.Sum(t => t.Parameters.Count(p => p.IsLearnable)), "learnables together",
                Limits.ModelLearnables),
        ];
        foreach ((string before, long count, string after, long most) in limits.Where(l => l.Count > l.Most))
        {
            yield return Failed(declaration, $"{before} {Text.Number(count)} {after}, and {Text.Number(most)} are the most");
        }
    }

    /// <summary>The error that a model could not be compiled.</summary>
    public static Finding Failed(ModelDeclaration declaration, string reason) =>
        Descriptors.ModelFailed.At(Locator.ClassName, declaration.Type.Name, reason);
}
