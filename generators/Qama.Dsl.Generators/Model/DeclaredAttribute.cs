using System.Linq;

namespace Qama.Generators.Model;

/// <summary>One attribute of a declaration as it was written.</summary>
/// <param name="Name">Its short name, for example <c>Heads</c>.</param>
/// <param name="Ordinal">Its position among all attributes of the class: finds its syntax again.</param>
/// <param name="Arguments">The arguments that were given.</param>
/// <param name="IsUnbound">Whether its arguments fit no constructor, as while it is being typed: some may be missing.</param>
/// <param name="Names">Names in its arguments that the generated part takes.</param>
internal sealed record DeclaredAttribute(
    string Name, int Ordinal, EquatableArray<DeclaredArgument> Arguments, bool IsUnbound = false,
    EquatableArray<string> Names = default)
{
    /// <summary>Whether its code, or that of an argument, does not compile.</summary>
    public bool IsBroken => IsUnbound || Arguments.Any(a => a.IsBroken);

    public DeclaredArgument? Find(string argument)
    {
        foreach (DeclaredArgument candidate in Arguments)
        {
            if (candidate.Name == argument)
            {
                return candidate;
            }
        }

        return null;
    }

    /// <summary>The argument's number, or the default where it was not given.</summary>
    public double Number(string argument, double defaultValue) => Find(argument)?.Value ?? defaultValue;

    /// <summary>The argument's number or its default, or null where its code does not compile yet.</summary>
    public double? Known(string argument, double defaultValue) => Find(argument) switch
    {
        { IsBroken: true } => null,
        { } given => given.Value,
        null => IsUnbound ? null : defaultValue,
    };

    public int Integer(string argument, int defaultValue) => (int)Number(argument, defaultValue);

    /// <summary>A parameter's name as that of the property it sets.</summary>
    public static string Capitalised(string parameter) =>
        parameter.Length == 0 ? parameter : char.ToUpperInvariant(parameter[0]) + parameter.Substring(1);
}

/// <summary>One argument: numbers, enums and booleans alike are kept as a double.</summary>
/// <param name="Name">The property or constructor parameter, capitalised.</param>
/// <param name="Value">Its value; NaN where the code does not compile yet.</param>
/// <param name="IsBroken">Whether the code of the argument does not compile.</param>
internal sealed record DeclaredArgument(string Name, double Value, bool IsBroken);
