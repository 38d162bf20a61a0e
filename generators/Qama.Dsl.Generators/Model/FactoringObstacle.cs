using Qama.Generators.Model.Terms;

namespace Qama.Generators.Model;

/// <summary>What keeps couplings from being features of tokens.</summary>
/// <param name="Reason">The end of "because …".</param>
/// <param name="Origin">The attribute that says so; default where no attribute does.</param>
/// <param name="Argument">Its argument.</param>
/// <param name="Term">The method that does, instead of an attribute.</param>
internal sealed record FactoringObstacle(string Reason, PartOrigin Origin, string? Argument = null, DeclaredTerm? Term = null)
{
    public FactoringObstacle(string reason)
        : this(reason, PartOrigin.Default)
    {
    }

    public FactoringObstacle(string reason, DeclaredTerm term)
        : this(reason, PartOrigin.Default, Term: term)
    {
    }
}
