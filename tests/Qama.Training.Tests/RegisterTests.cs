using System.Numerics;
using Qama.Numerics.Vectors;
using Qama.Training.Layers;

namespace Qama.Training.Tests;

/// <summary>Layers compute the same bits in every kind of register.</summary>
public class RegisterTests
{
    private const int Length = 96, Stride = 16;

    [Fact]
    public void Gelu_and_softmax_have_the_same_bits_in_every_register()
    {
        Check<float>();
        Check<double>();
    }

    private static void Check<T>()
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (double size in new[] { 0.1, 3, 60 })
        {
            T[] expected = Layers<T, Register512<T>>(size);
            Assert.Contains(expected, v => v != T.Zero);
            Assert.Equal(expected, Layers<T, Registers256<T>>(size));
            Assert.Equal(expected, Layers<T, Registers128<T>>(size));
        }
    }

    private static T[] Layers<T, TVector>(double size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        var random = new Random(5);
        T[] x = Numbers(), g = Numbers(), y = new T[Length], slopes = new T[Length];
        Gelu<T>.Forward<TVector>(x, y);
        Gelu<T>.Backward<TVector>(x, g, slopes);
        T scale = T.CreateTruncating(0.7);
        T[] restored = (T[])x.Clone(), largest = new T[Stride], inverse = new T[Stride];
        ColumnSoftmax.Forward<T, TVector>(x, Stride, scale, largest, inverse);
        ColumnSoftmax.Restore<T, TVector>(restored, Stride, scale, largest, inverse);
        Assert.Equal(x, restored);
        ColumnSoftmax.Backward<T, TVector>(x, g, Stride, scale);
        return [.. y, .. slopes, .. x, .. g, .. largest, .. inverse];

        T[] Numbers() => [.. Enumerable.Range(0, Length).Select(_ => T.CreateTruncating(size * (random.NextDouble() - 0.5)))];
    }
}
