using System.Collections.Generic;
using Qama.Generators.Declarations;

namespace Qama.Generators.Validation;

/// <summary>Checks declarations. Pure: the analyzer reports what it finds, the generator only asks whether to emit.</summary>
internal static class Validator
{
    public static IReadOnlyList<Finding> Check(ModelDeclaration declaration, ModelSpecification specification) => [];
}
