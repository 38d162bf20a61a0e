using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Model.Terms;

/// <summary>What a method of the class adds to: the energy, or the output.</summary>
internal enum TermKind
{
    /// <summary>Part of J, of a query and a key.</summary>
    Coupling,

    /// <summary>Part of f, of a value.</summary>
    Field,

    /// <summary>A penalty on selecting two tokens together, of their positions.</summary>
    Pair,

    /// <summary>A penalty on selecting a token, of its position.</summary>
    Token,

    /// <summary>Part of the output, of all that is known of a token.</summary>
    Readout,
}

/// <summary>A method that is a term of energy or output, as it was written.</summary>
/// <param name="Kind">What it adds to.</param>
/// <param name="Name">The method's name.</param>
/// <param name="Attribute">The attribute that makes it a term; its ordinal is among the method's own attributes.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Inputs">What its code reads.</param>
/// <param name="Code">Its body; without steps where it cannot be expressed.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="IsBroken">Whether its code does not compile.</param>
/// <param name="Operations">Operations it comes to.</param>
internal sealed record DeclaredTerm(
    TermKind Kind, string Name, DeclaredAttribute Attribute, EquatableArray<TermParameter> Parameters,
    EquatableArray<TermInput> Inputs, TermCode Code, EquatableArray<TermProblem> Problems, bool IsBroken, int Operations = 0)
{
    /// <summary>The place of the method's name.</summary>
    public const int NamePlace = 0;

    /// <summary>Whether the term can take part in the energy.</summary>
    public bool IsSound => !IsBroken && Problems.Count == 0 && Code.Steps.Count > 0;

    /// <summary>Its weight: relative inside J, f or the output, 1 unless given; NaN where a penalty's was not given.</summary>
    public double Weight => Attribute.Number("Weight", Kind is TermKind.Pair or TermKind.Token ? double.NaN : 1);

    /// <summary>Whether it is a vector of HeadDim numbers.</summary>
    public bool ReturnsVector { get; init; }

    /// <summary>Whether a parameter is among what the result was written with.</summary>
    public bool Uses(int parameter) => Code.InputsUsed.Any(i => Inputs[i].Parameter == parameter);
}

/// <summary>A parameter of a term.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it stands for.</param>
/// <param name="Initial">The first value of a learnable.</param>
/// <param name="PerHead">Whether every head learns its own.</param>
/// <param name="Place">Where it is declared: one of the term's places.</param>
internal sealed record TermParameter(string Name, TermParameterKind Kind, double Initial, bool PerHead, int Place)
{
    public bool IsLearnable => Kind is TermParameterKind.LearnableNumber or TermParameterKind.LearnableVector;
}

/// <summary>What a parameter of a term stands for.</summary>
internal enum TermParameterKind
{
    Query,
    Key,
    Value,
    Pair,
    Token,
    Selected,
    Energy,
    LearnableNumber,
    LearnableVector,
}

/// <summary>Something a term's code reads.</summary>
/// <param name="Source">What it is.</param>
/// <param name="Parameter">The parameter it comes from.</param>
internal sealed record TermInput(TermSource Source, int Parameter);

/// <summary>What a term's code can read of its parameters.</summary>
internal enum TermSource
{
    Query,
    Key,
    Value,
    Selected,
    Energy,
    Learnable,
    First,
    Second,
    Distance,
    RowDifference,
    ColumnDifference,
    Index,
    GridRow,
    GridColumn,
    Head,
}

/// <summary>Why a term cannot be expressed.</summary>
/// <param name="Kind">The kind of construct.</param>
/// <param name="Place">Where it is: one of the term's places.</param>
/// <param name="Text">What it is, for the message.</param>
internal sealed record TermProblem(TermProblemKind Kind, int Place, string Text);

/// <summary>The constructs a term cannot have.</summary>
internal enum TermProblemKind
{
    /// <summary>A method that is no static function with a body.</summary>
    Method,

    /// <summary>A parameter that stands for nothing the term has.</summary>
    Parameter,
    Statement,
    Expression,
    Call,
    Recursion,
    Type,
    MutableState,

    /// <summary>A second term of the same name.</summary>
    Name,

    /// <summary>A name that the generated part takes.</summary>
    GeneratedName,

    /// <summary>More than can be compiled.</summary>
    Size,
}
