using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <summary>
/// The sum of values weighted by a selection, y[i, h·D + d] = Σ_j s[h,j] v[h·D + d, j]: of one read of a head's selection, the same for
/// every token. Its mean over reads has the marginals ⟨s⟩ as weights (Boltzmann Attention, arXiv 2606.12478).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MarginalAttention
{
    /// <summary>The output of one read.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="sample">Selection and value.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="output">Receives y, [tokens, heads·D]; 0 for absent tokens.</param>
    public static void Read<T>(in SampleBuffers<T> sample, int heads, int tokens, Span<T> output)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens), width = sample.Value.Length / stride, dim = width / heads;
        output.Clear();
        if (sample.TokenCount == 0)
        {
            return;
        }

        Span<T> first = output[..width];
        for (int c = 0; c < width; c++)
        {
            first[c] = Rows.Dot<T>(sample.Selection.Slice(c / dim * stride, stride), sample.Value.Slice(c * stride, stride));
        }

        for (int i = 1; i < sample.TokenCount; i++)
        {
            first.CopyTo(output.Slice(i * width, width));
        }
    }

    /// <summary>The gradient with the selection held: v̄[h·D + d, j] += s[h,j] Σ_i ȳ[i, h·D + d]. Couplings and fields get none but through
    /// the distribution.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="sample">Selection; the value's gradient is added to, those of couplings and fields become 0.</param>
    /// <param name="heads">Heads H.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="outputGradient">∂L/∂y, [tokens, heads·D].</param>
    public static void BackwardRead<T>(in SampleBuffers<T> sample, int heads, int tokens, ReadOnlySpan<T> outputGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens), width = sample.Value.Length / stride, dim = width / heads;
        sample.CouplingsGradient.Clear();
        sample.FieldsGradient.Clear();
        for (int c = 0; c < width; c++)
        {
            T sum = T.Zero;
            for (int i = 0; i < sample.TokenCount; i++)
            {
                sum += outputGradient[(i * width) + c];
            }

            Rows.AddScaled<T>(sum, sample.Selection.Slice(c / dim * stride, stride), sample.ValueGradient.Slice(c * stride, stride));
        }
    }
}
