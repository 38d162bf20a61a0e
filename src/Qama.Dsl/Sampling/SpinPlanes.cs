using System.Runtime.CompilerServices;
using Qama.Contract;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>Between real spins and bits, on planes [heads, bits, stride].</summary>
internal static unsafe class SpinPlanes
{
    private const int Width = RowLayout.Width;

    /// <summary>−1 or +1; +1 for 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Sign<TVector>(TVector x)
        where TVector : struct, IVector<TVector, float> => TVector.Choose(
        TVector.LessThan(x, TVector.Zero), -TVector.All(1), TVector.All(1));

    /// <summary>(1 + σ)/2 of spins or of their signs; 0 in padding and absent tokens.</summary>
    /// <param name="energy">The problem.</param>
    /// <param name="spins">Planes.</param>
    /// <param name="factor">What spins are multiplied by.</param>
    /// <param name="signs">Whether only signs count.</param>
    /// <param name="bits">Receives planes.</param>
    public static void ToBits<TVector>(StructuredEnergy energy, float* spins, float factor, bool signs, float* bits)
        where TVector : struct, IVector<TVector, float>
    {
        TVector half = TVector.All(0.5f);
        TVector scale = TVector.All(0.5f * factor);
        for (int row = 0; row < energy.Heads * energy.Bits; row++)
        {
            for (int i = 0; i < energy.Stride; i += Width, spins += Width, bits += Width)
            {
                TVector x = TVector.Load(ref *spins, 0);
                x = signs ? Sign(x) : x;
                TVector.Store(ref *bits, 0, TVector.Keep(TVector.FusedMultiplyAdd(scale, x, half), energy.TokenCount - i));
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
