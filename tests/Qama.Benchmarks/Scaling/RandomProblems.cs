using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Benchmarks.Scaling;

/// <summary>Random problems of a declared shape.</summary>
internal static class RandomProblems
{
    public static AttentionProblemBatch<TModel> Create<TModel>(int count, ulong seed)
        where TModel : class, IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        int stride = Padding.Stride(model.Tokens);
        var couplings = new float[count * model.HeadCount * model.Tokens * stride];
        var fields = new float[count * model.HeadCount * stride];
        Fill(couplings, fields, model, stride, seed);
        return new AttentionProblemBatch<TModel>(count, couplings, fields);
    }

    // As of random projections: couplings of the size 1/√D of both signs, symmetric; fields of the size 1/√N.
    private static void Fill(float[] couplings, float[] fields, ModelDescriptor model, int stride, ulong seed)
    {
        var random = new RandomStream(seed);
        float size = 1 / MathF.Sqrt(model.HeadDim);
        for (int matrix = 0; matrix < couplings.Length; matrix += model.Tokens * stride)
        {
            Span<float> pairs = couplings.AsSpan(matrix, model.Tokens * stride);
            for (int i = 0; i < model.Tokens; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    pairs[(i * stride) + j] = size * (((random.NextUInt64() >> 40) * (2f / (1 << 24))) - 1);
                }
            }

            MirrorLower(pairs, model.Tokens, stride);
        }

        for (int row = 0; row < fields.Length; row += stride)
        {
            for (int i = 0; i < model.Tokens; i++)
            {
                fields[row + i] = (float)random.NextNormal() / MathF.Sqrt(model.Tokens);
            }
        }
    }

    private static void MirrorLower(Span<float> pairs, int tokens, int stride)
    {
        const int Block = 64;
        for (int top = 0; top < tokens; top += Block)
        {
            for (int left = 0; left <= top; left += Block)
            {
                for (int i = top; i < Math.Min(top + Block, tokens); i++)
                {
                    for (int j = left; j < Math.Min(left + Block, i); j++)
                    {
                        pairs[(j * stride) + i] = pairs[(i * stride) + j];
                    }
                }
            }
        }
    }
}
