using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Kernels;

namespace Qama.Sampling;

/// <summary>Between real spins and bits, on planes [heads, bits, stride].</summary>
internal static unsafe class SpinPlanes
{
    private const int Width = 16;

    /// <summary>−1 or +1; +1 for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sign(Vector512<float> x) => Vector512.ConditionalSelect(
        Vector512.LessThan(x, Vector512<float>.Zero), -Vector512<float>.One, Vector512<float>.One);

    /// <summary>(1 + σ)/2 of spins or of their signs; 0 in padding and absent tokens.</summary>
    /// <param name="energy">The problem.</param>
    /// <param name="spins">Planes.</param>
    /// <param name="factor">What spins are multiplied by.</param>
    /// <param name="signs">Whether only signs count.</param>
    /// <param name="bits">Receives planes.</param>
    public static void ToBits(StructuredEnergy energy, float* spins, float factor, bool signs, float* bits)
    {
        Vector512<float> half = Vector512.Create(0.5f);
        Vector512<float> scale = Vector512.Create(0.5f * factor);
        for (int row = 0; row < energy.Heads * energy.Bits; row++)
        {
            for (int i = 0; i < energy.Stride; i += Width, spins += Width, bits += Width)
            {
                Vector512<float> x = Vector512.Load(spins);
                x = signs ? Sign(x) : x;
                Lanes.Keep(Vector512.FusedMultiplyAdd(scale, x, half), energy.TokenCount - i).Store(bits);
            }
        }
    }

    /// <summary>Bits of spins 0.</summary>
    public static void Neutral(StructuredEnergy energy, float* bits)
    {
        for (int row = 0; row < energy.Heads * energy.Bits; row++, bits += energy.Stride)
        {
            new Span<float>(bits, energy.TokenCount).Fill(0.5f);
            new Span<float>(bits + energy.TokenCount, energy.Stride - energy.TokenCount).Clear();
        }
    }
}
