using System.Collections.Generic;
using Qama.Generators.Model;

namespace Qama.Generators.Validation;

/// <summary>
/// Checks one thing. Pure; says nothing about arguments whose code does not compile
/// (<see cref="DeclaredAttribute.Known"/>), since the compiler already does.
/// </summary>
internal delegate IEnumerable<Finding> Rule(ModelDeclaration declaration, ModelSpecification specification);
