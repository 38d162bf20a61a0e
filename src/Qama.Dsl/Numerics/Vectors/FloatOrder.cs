using System.Numerics;
using System.Runtime.InteropServices;

namespace Qama.Numerics.Vectors;

/// <summary>The numbers of single precision in their order.</summary>
internal static class FloatOrder
{
    /// <summary>The place of a number among all: a smaller number has a smaller one.</summary>
    public static int Of(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        return bits ^ ((bits >> 31) & int.MaxValue);
    }

    /// <summary>The number at such a place.</summary>
    public static float At(int order) => BitConverter.Int32BitsToSingle(order ^ ((order >> 31) & int.MaxValue));

    /// <summary>The number that would be at a place if numbers were sorted, found by bisection over their range: at most 33 passes.</summary>
    /// <param name="numbers">At least one; the result means nothing if one is NaN.</param>
    /// <param name="place">0..numbers−1.</param>
    public static float Sorted(ReadOnlySpan<float> numbers, int place)
    {
        var action = new SortedAction(numbers, place);
        VectorPath.Run<float, SortedAction>(ref action);
        return action.Result;
    }

    private ref struct SortedAction(ReadOnlySpan<float> numbers, int place) : IVectorAction<float>
    {
        private readonly ReadOnlySpan<float> _numbers = numbers;
        private readonly int _place = place;

        public float Result { get; private set; }

        // The largest number that no more than so many are below.
        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            float size = RowLoops<TVector, float>.LargestSize(_numbers);
            (long low, long high) = (Of(-size), Of(size));
            while (low < high)
            {
                long middle = low + ((high - low + 1) >> 1);
                (low, high) = Below<TVector>(At((int)middle)) <= _place ? (middle, high) : (low, middle - 1);
            }

            Result = At((int)low);
        }

        private readonly int Below<TVector>(float bound)
            where TVector : struct, IVector<TVector, float>
        {
            TVector bounds = TVector.All(bound);
            ref float first = ref MemoryMarshal.GetReference(_numbers);
            (int count, int i) = (0, 0);
            for (; i + TVector.Count <= _numbers.Length; i += TVector.Count)
            {
                count += BitOperations.PopCount(TVector.Below(TVector.Load(ref first, i), bounds));
            }

            for (; i < _numbers.Length; i++)
            {
                count += _numbers[i] < bound ? 1 : 0;
            }

            return count;
        }
    }
}
