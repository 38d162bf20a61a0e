using Qama.Generators.Contract;
using Qama.Generators.Model;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation;

/// <summary>The numbers a declaration may have; the attributes' documentation repeats the sizes.</summary>
internal static class Limits
{
    public const int Tokens = 16_384;

    /// <summary>Tokens where couplings are kept as features.</summary>
    public const int FactoredTokens = 1 << 20;

    public const int EmbeddingDim = 65_536;
    public const int Heads = 1_024;
    public const int Bits = 8;

    /// <summary>Reads of an expectation; the covariances of its gradient need two.</summary>
    public const int FewestReads = 2;

    public const int MostReads = 65_536;
    public const int FewestSpins = 2;
    public const int MostSpins = 1 << 24;
    public const int NarrowestCoefficient = Machines.LeastBits;
    public const int WidestCoefficient = Machines.MostBits;

    /// <summary>Operations of all terms of a model: one may have a quarter of them.</summary>
    public const long ModelOperations = 4 * TermBodyReader.MostOperations;

    /// <summary>Learnables of all terms of a model: each is a parameter of several methods.</summary>
    public const int ModelLearnables = 256;

    /// <summary>Tokens that a model may have.</summary>
    public static int TokensOf(ModelSpecification specification) =>
        specification.Select.Scope == SelectionScope.Causal
        || (specification.Coupling.Form != CouplingForm.Dense && FactoredCouplings.ObstacleOf(specification) is null)
            ? FactoredTokens : Tokens;

    /// <summary>Longest array of .NET.</summary>
    public const long ArrayLength = 0x7FFF_FFC7;

    /// <summary>Variables of a dense QUBO: its square must fit an array.</summary>
    public const long DenseVariables = 46_340;

    /// <summary>A static table of more entries is worth knowing about: 64 MiB of single precision.</summary>
    public const long TableEntries = 1 << 24;

    /// <summary>Weights must survive float32, times the sizes above.</summary>
    public const double SmallestWeight = 1e-30;

    public const double LargestWeight = 1e30;
}
