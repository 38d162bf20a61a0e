using System.Numerics;

namespace Qama.Kernels;

/// <summary>Functions of a pair of tokens as tables [tokens, stride], made once per model.</summary>
public static class PairTable
{
    /// <summary>A function of all ordered pairs i ≠ j; 0 on the diagonal and in the padding.</summary>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="function">The function.</param>
    public static T[] Create<T>(int tokens, Func<int, int, double> function)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(function);
        int stride = Padding.Stride(tokens);
        var table = new T[checked(tokens * stride)];
        for (int i = 0; i < tokens; i++)
        {
            for (int j = 0; j < tokens; j++)
            {
                table[(i * stride) + j] = i == j ? T.Zero : T.CreateTruncating(function(i, j));
            }
        }

        return table;
    }
}
