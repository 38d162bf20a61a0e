using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Declarations;

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

        if (declaration.Depth > 0)
        {
            yield return Failed(
                declaration, $"code of its class is nested {Text.Number(declaration.Depth)} levels deep, and {Text.Number(Nesting.Deepest)} are the most");
        }

        int learnables = declaration.Terms.Sum(t => t.Parameters.Count(p => p.IsLearnable));
        if (learnables > Limits.ModelLearnables)
        {
            yield return Failed(
                declaration, $"its terms have {Text.Number(learnables)} learnables together, and {Text.Number(Limits.ModelLearnables)} are the most");
        }

        long operations = declaration.Terms.Sum(t => (long)t.Operations);
        if (operations > Limits.ModelOperations)
        {
            yield return Failed(
                declaration,
                $"its terms come to {Text.Number(operations)} operations together, and {Text.Number(Limits.ModelOperations)} are the most");
        }
    }

    /// <summary>The error that a model could not be compiled.</summary>
    public static Finding Failed(ModelDeclaration declaration, string reason) =>
        Descriptors.ModelFailed.At(Locator.ClassName, declaration.Type.Name, reason);
}
