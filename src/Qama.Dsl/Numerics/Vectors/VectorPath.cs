using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// The registers that kernels use: the widest there are, or those that the environment variable QAMA_VECTOR names: "512" (AVX-512),
/// "256" (AVX2), "128" or "portable" (what every processor has or the framework imitates with scalars). Results do not depend on it.
/// </summary>
/// <remarks>For the runtime and for generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class VectorPath
{
    /// <summary>The environment variable.</summary>
    internal const string Variable = "QAMA_VECTOR";

    private static readonly string? _asked = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Bits of a register, or 0 if the variable has no valid value. Read once, so that it is a constant to
    /// code compiled later.</summary>
    internal static readonly int Bits = Choose(_asked);

    /// <summary>Does work with 64 bytes at a time, in as many of the machine's registers as that needs.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <typeparam name="TAction">The kind of work.</typeparam>
    /// <param name="action">The work; receives its result.</param>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<T, TAction>(scoped ref TAction action)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TAction : struct, IVectorAction<T>, allows ref struct => Run<T, TAction>(Bits, ref action);

    /// <summary>Does work with 64 bytes at a time, in registers of given bits.</summary>
    /// <exception cref="InvalidOperationException">There are no such registers.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Run<T, TAction>(int bits, scoped ref TAction action)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TAction : struct, IVectorAction<T>, allows ref struct
    {
        switch (bits)
        {
            case 512:
                action.Run<Register512<T>>();
                break;
            case 256:
                action.Run<Registers256<T>>();
                break;
            case 128:
                action.Run<Registers128<T>>();
                break;
            default:
                throw Unknown();
        }
    }

    /// <summary>The width that a value of the variable asks for; 0 for none of them.</summary>
    internal static int Choose(string? value) => value switch
    {
        "512" => 512,
        "256" => 256,
        "128" or "portable" => 128,
        null or "" => Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
        _ => 0,
    };

    /// <summary>What is wrong where <see cref="Bits"/> is 0.</summary>
    internal static InvalidOperationException Unknown() => new(
        $"Expected the environment variable {Variable} to be 512, 256, 128 or portable, or not set; it is \"{_asked}\".");
}
