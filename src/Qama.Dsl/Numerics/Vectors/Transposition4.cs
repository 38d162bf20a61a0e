using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>Transposition of 4 x 4 numbers in registers.</summary>
internal static class Transposition4
{
    /// <summary>Rows become columns: quarters of the tile change places, then the numbers of each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(
        ref Vector128<float> r0, ref Vector128<float> r1, ref Vector128<float> r2, ref Vector128<float> r3)
    {
        Vector128<float> a = Firsts(r0, r2), b = Firsts(r1, r3), c = Seconds(r0, r2), d = Seconds(r1, r3);
        Vector128<float> even = Vector128.Create(-1, 0, -1, 0).AsSingle();
        r0 = Vector128.ConditionalSelect(even, a, Vector128.Shuffle(b, Vector128.Create(0, 0, 2, 2)));
        r1 = Vector128.ConditionalSelect(even, Vector128.Shuffle(a, Vector128.Create(1, 1, 3, 3)), b);
        r2 = Vector128.ConditionalSelect(even, c, Vector128.Shuffle(d, Vector128.Create(0, 0, 2, 2)));
        r3 = Vector128.ConditionalSelect(even, Vector128.Shuffle(c, Vector128.Create(1, 1, 3, 3)), d);
    }

    /// <summary>The same for registers of any type, which must be float.</summary>
    /// <exception cref="NotSupportedException">It is another one.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector128<T> R0, Vector128<T> R1, Vector128<T> R2, Vector128<T> R3) Apply<T>(
        Vector128<T> r0, Vector128<T> r1, Vector128<T> r2, Vector128<T> r3)
    {
        if (typeof(T) != typeof(float))
        {
            throw FloatsOnly();
        }

        (Vector128<float> a, Vector128<float> b) = (r0.As<T, float>(), r1.As<T, float>());
        (Vector128<float> c, Vector128<float> d) = (r2.As<T, float>(), r3.As<T, float>());
        Apply(ref a, ref b, ref c, ref d);
        return (a.As<float, T>(), b.As<float, T>(), c.As<float, T>(), d.As<float, T>());
    }

    /// <summary>What is wrong where 16 bytes are not four numbers.</summary>
    public static NotSupportedException FloatsOnly() => new("Tiles of 4 x 4 numbers in 16 bytes are of floats.");

    // Halves of 128 bits are taken as doubles: a 64-bit vector is no register on x64.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Firsts(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(
        Vector128.Create(-1L, 0).AsDouble(), a.AsDouble(), Vector128.Shuffle(b.AsDouble(), Vector128.Create(0L, 0))).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Seconds(Vector128<float> a, Vector128<float> b) => Vector128.ConditionalSelect(
        Vector128.Create(-1L, 0).AsDouble(), Vector128.Shuffle(a.AsDouble(), Vector128.Create(1L, 1)), b.AsDouble()).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(
        ref Vector256<double> r0, ref Vector256<double> r1, ref Vector256<double> r2, ref Vector256<double> r3)
    {
        Vector256<double> a = Vector256.Create(r0.GetLower(), r2.GetLower()), b = Vector256.Create(r1.GetLower(), r3.GetLower());
        Vector256<double> c = Vector256.Create(r0.GetUpper(), r2.GetUpper()), d = Vector256.Create(r1.GetUpper(), r3.GetUpper());
        Vector256<double> even = Vector256.Create(-1L, 0, -1, 0).AsDouble();
        r0 = Vector256.ConditionalSelect(even, a, Vector256.Shuffle(b, Vector256.Create(0L, 0, 2, 2)));
        r1 = Vector256.ConditionalSelect(even, Vector256.Shuffle(a, Vector256.Create(1L, 1, 3, 3)), b);
        r2 = Vector256.ConditionalSelect(even, c, Vector256.Shuffle(d, Vector256.Create(0L, 0, 2, 2)));
        r3 = Vector256.ConditionalSelect(even, Vector256.Shuffle(c, Vector256.Create(1L, 1, 3, 3)), d);
    }
}
