using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>Two registers of AVX2.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes256(Vector256<float> a, Vector256<float> b) : ILanes16<Lanes256>
{
    private readonly Vector256<float> _a = a;
    private readonly Vector256<float> _b = b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* memory) =>
        new(Vector256.Load(memory), Vector256.Load(memory + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* memory)
    {
        _a.Store(memory);
        _b.Store(memory + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a._a + b._a, a._b + b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a._a - b._a, a._b - b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a._a * b._a, a._b * b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(float a, Lanes256 b) => Create(a) * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 FusedMultiplyAdd(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._a, b._a, c._a),
            Vector256.FusedMultiplyAdd(a._b, b._b, c._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Min(Lanes256 a, Lanes256 b) =>
        new(Vector256.MinNative(a._a, b._a), Vector256.MinNative(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) =>
        new(Vector256.MaxNative(a._a, b._a), Vector256.MaxNative(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Abs(Lanes256 a) => new(Vector256.Abs(a._a), Vector256.Abs(a._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Lanes256 a, Lanes256 b) =>
        Vector256.LessThan(a._a, b._a).ExtractMostSignificantBits()
            | (Vector256.LessThan(a._b, b._b).ExtractMostSignificantBits() << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Lanes256 a, Lanes256 b) =>
        Vector256.Equals(a._a, b._a).ExtractMostSignificantBits()
            | (Vector256.Equals(a._b, b._b).ExtractMostSignificantBits() << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Keep(uint lanes, Lanes256 a) =>
        new(Chosen(lanes) & a._a,
            Chosen(lanes >> 8) & a._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Only(int lane, Lanes256 a) =>
        new(Is(lane) & a._a,
            Is(lane - 8) & a._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Select(uint lanes, Lanes256 a, Lanes256 b) =>
        new(Vector256.ConditionalSelect(Chosen(lanes), a._a, b._a),
            Vector256.ConditionalSelect(Chosen(lanes >> 8), a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 ExclusiveOr(Lanes256 a, int mask) =>
        new(Vector256.ConvertToSingle(Vector256.ConvertToInt32Native(a._a) ^ Vector256.Create(mask)),
            Vector256.ConvertToSingle(Vector256.ConvertToInt32Native(a._b) ^ Vector256.Create(mask)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Digit(Lanes256 a, int position) =>
        new(Digit(a._a, position),
            Digit(a._b, position));

    public float Sum()
    {
        Vector256<float> v256 = _a + _b;
        Vector128<float> v128 = v256.GetLower() + v256.GetUpper();
        return (v128.GetElement(0) + v128.GetElement(2)) + (v128.GetElement(1) + v128.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Chosen(uint lanes)
    {
        var bits = Vector256.Create(1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7);
        return Vector256.Equals(Vector256.Create(lanes) & bits, bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Is(int lane) => Vector256.Equals(Vector256<int>.Indices, Vector256.Create(lane)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Digit(Vector256<float> a, int position) =>
        Vector256.ConvertToSingle((Vector256.ConvertToInt32Native(a) >> position) & Vector256<int>.One);
}
