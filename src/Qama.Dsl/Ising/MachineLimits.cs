using Qama.Contract;

namespace Qama.Ising;

/// <summary>What an Ising machine takes.</summary>
/// <param name="Spins">Spins, the auxiliary one that carries the fields included.</param>
/// <param name="Bits">Width of a signed integer coupling, 2 to 24.</param>
public sealed record MachineLimits(int Spins, int Bits)
{
    /// <summary>QBoson's CPQC-550.</summary>
    public static MachineLimits Cpqc550 { get; } = Known(Device.Cpqc550);

    /// <summary>QBoson's CPQC-1000.</summary>
    public static MachineLimits Cpqc1000 { get; } = Known(Device.Cpqc1000);

    /// <summary>Throws unless both numbers make sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 2 spins, or a width outside 2 to 24.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Spins, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(Bits, Machines.LeastBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Bits, Machines.MostBits);
    }

    private static MachineLimits Known(Device device)
    {
        (int spins, int bits) = Machines.Of(device);
        return new MachineLimits(spins, bits);
    }
}
