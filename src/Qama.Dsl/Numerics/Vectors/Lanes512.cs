using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>One register of AVX-512.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes512(Vector512<float> a) : ILanes16<Lanes512>
{
    private readonly Vector512<float> _a = a;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* memory) =>
        new(Vector512.Load(memory));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* memory)
    {
        _a.Store(memory);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a._a + b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a._a - b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a._a * b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(float a, Lanes512 b) => Create(a) * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 FusedMultiplyAdd(Lanes512 a, Lanes512 b, Lanes512 c) =>
        new(Vector512.FusedMultiplyAdd(a._a, b._a, c._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 a, Lanes512 b) =>
        new(Vector512.MinNative(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) =>
        new(Vector512.MaxNative(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Abs(Lanes512 a) => new(Vector512.Abs(a._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Lanes512 a, Lanes512 b) =>
        (uint)Vector512.LessThan(a._a, b._a).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Lanes512 a, Lanes512 b) =>
        (uint)Vector512.Equals(a._a, b._a).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Keep(uint lanes, Lanes512 a) =>
        new(Chosen(lanes) & a._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Only(int lane, Lanes512 a) =>
        new(Is(lane) & a._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Select(uint lanes, Lanes512 a, Lanes512 b) =>
        new(Vector512.ConditionalSelect(Chosen(lanes), a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 ExclusiveOr(Lanes512 a, int mask) =>
        new(Vector512.ConvertToSingle(Vector512.ConvertToInt32Native(a._a) ^ Vector512.Create(mask)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Digit(Lanes512 a, int position) =>
        new(Digit(a._a, position));

    public float Sum()
    {
        Vector256<float> v256 = _a.GetLower() + _a.GetUpper();
        Vector128<float> v128 = v256.GetLower() + v256.GetUpper();
        return (v128.GetElement(0) + v128.GetElement(2)) + (v128.GetElement(1) + v128.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Chosen(uint lanes)
    {
        var bits = Vector512.Create(
        1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7,
        1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);
        return Vector512.Equals(Vector512.Create(lanes) & bits, bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Is(int lane) => Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Digit(Vector512<float> a, int position) =>
        Vector512.ConvertToSingle((Vector512.ConvertToInt32Native(a) >> position) & Vector512<int>.One);
}
