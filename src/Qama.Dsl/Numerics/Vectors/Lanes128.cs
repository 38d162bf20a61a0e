using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>Four registers of SSE or of Arm's Advanced SIMD; works, if slowly, where there are none.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly unsafe struct Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ILanes16<Lanes128>
{
    private readonly Vector128<float> _a = a;
    private readonly Vector128<float> _b = b;
    private readonly Vector128<float> _c = c;
    private readonly Vector128<float> _d = d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Create(float value) => new(Vector128.Create(value), Vector128.Create(value), Vector128.Create(value), Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* memory) =>
        new(Vector128.Load(memory), Vector128.Load(memory + 4), Vector128.Load(memory + 8), Vector128.Load(memory + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* memory)
    {
        _a.Store(memory);
        _b.Store(memory + 4);
        _c.Store(memory + 8);
        _d.Store(memory + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._a + b._a, a._b + b._b, a._c + b._c, a._d + b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._a - b._a, a._b - b._b, a._c - b._c, a._d - b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a._a * b._a, a._b * b._b, a._c * b._c, a._d * b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(float a, Lanes128 b) => Create(a) * b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 FusedMultiplyAdd(Lanes128 a, Lanes128 b, Lanes128 c) =>
        new(Vector128.FusedMultiplyAdd(a._a, b._a, c._a),
            Vector128.FusedMultiplyAdd(a._b, b._b, c._b),
            Vector128.FusedMultiplyAdd(a._c, b._c, c._c),
            Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 a, Lanes128 b) =>
        new(Vector128.MinNative(a._a, b._a), Vector128.MinNative(a._b, b._b), Vector128.MinNative(a._c, b._c), Vector128.MinNative(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) =>
        new(Vector128.MaxNative(a._a, b._a), Vector128.MaxNative(a._b, b._b), Vector128.MaxNative(a._c, b._c), Vector128.MaxNative(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Abs(Lanes128 a) => new(Vector128.Abs(a._a), Vector128.Abs(a._b), Vector128.Abs(a._c), Vector128.Abs(a._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Lanes128 a, Lanes128 b) =>
        Vector128.LessThan(a._a, b._a).ExtractMostSignificantBits()
            | (Vector128.LessThan(a._b, b._b).ExtractMostSignificantBits() << 4)
            | (Vector128.LessThan(a._c, b._c).ExtractMostSignificantBits() << 8)
            | (Vector128.LessThan(a._d, b._d).ExtractMostSignificantBits() << 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Lanes128 a, Lanes128 b) =>
        Vector128.Equals(a._a, b._a).ExtractMostSignificantBits()
            | (Vector128.Equals(a._b, b._b).ExtractMostSignificantBits() << 4)
            | (Vector128.Equals(a._c, b._c).ExtractMostSignificantBits() << 8)
            | (Vector128.Equals(a._d, b._d).ExtractMostSignificantBits() << 12);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Keep(uint lanes, Lanes128 a) =>
        new(Chosen(lanes) & a._a,
            Chosen(lanes >> 4) & a._b,
            Chosen(lanes >> 8) & a._c,
            Chosen(lanes >> 12) & a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Only(int lane, Lanes128 a) =>
        new(Is(lane) & a._a,
            Is(lane - 4) & a._b,
            Is(lane - 8) & a._c,
            Is(lane - 12) & a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Select(uint lanes, Lanes128 a, Lanes128 b) =>
        new(Vector128.ConditionalSelect(Chosen(lanes), a._a, b._a),
            Vector128.ConditionalSelect(Chosen(lanes >> 4), a._b, b._b),
            Vector128.ConditionalSelect(Chosen(lanes >> 8), a._c, b._c),
            Vector128.ConditionalSelect(Chosen(lanes >> 12), a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 ExclusiveOr(Lanes128 a, int mask) =>
        new(Vector128.ConvertToSingle(Vector128.ConvertToInt32Native(a._a) ^ Vector128.Create(mask)),
            Vector128.ConvertToSingle(Vector128.ConvertToInt32Native(a._b) ^ Vector128.Create(mask)),
            Vector128.ConvertToSingle(Vector128.ConvertToInt32Native(a._c) ^ Vector128.Create(mask)),
            Vector128.ConvertToSingle(Vector128.ConvertToInt32Native(a._d) ^ Vector128.Create(mask)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Digit(Lanes128 a, int position) =>
        new(Digit(a._a, position),
            Digit(a._b, position),
            Digit(a._c, position),
            Digit(a._d, position));

    public float Sum()
    {
        Vector128<float> v128 = _a + _c + (_b + _d);
        return (v128.GetElement(0) + v128.GetElement(2)) + (v128.GetElement(1) + v128.GetElement(3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Chosen(uint lanes)
    {
        var bits = Vector128.Create(1u, 1u << 1, 1u << 2, 1u << 3);
        return Vector128.Equals(Vector128.Create(lanes) & bits, bits).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Is(int lane) => Vector128.Equals(Vector128<int>.Indices, Vector128.Create(lane)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Digit(Vector128<float> a, int position) =>
        Vector128.ConvertToSingle((Vector128.ConvertToInt32Native(a) >> position) & Vector128<int>.One);
}
