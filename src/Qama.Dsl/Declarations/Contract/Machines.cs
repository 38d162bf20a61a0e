// Compiled twice: into the runtime and into the generator.
#if QAMA_GENERATOR
namespace Qama.Generators.Contract;

using Qama.Generators.Vocabulary;
#else
namespace Qama.Contract;
#endif

/// <summary>What is known about Ising machines.</summary>
internal static class Machines
{
    /// <summary>Narrowest and widest signed integer coefficient. The search for a multiplier that makes all
    /// coefficients integers tries as many as the width has integers.</summary>
    public const int LeastBits = 2;
    public const int MostBits = 24;

    /// <summary>Spins, the auxiliary one included, and width of a coefficient; (0, 0) for a machine that is not
    /// known.</summary>
    public static (int Spins, int Bits) Of(Device device) => device switch
    {
        Device.Cpqc550 => (550, 8),
        Device.Cpqc1000 => (1000, 8),
        _ => (0, 0),
    };
}
