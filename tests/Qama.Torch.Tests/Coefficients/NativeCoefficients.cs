using System.Numerics;
using System.Reflection;
using Qama.Layers;
using Qama.Numerics.Matrices;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>What the native kernels make of a point.</summary>
internal static class NativeCoefficients<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private delegate void Hook(in SampleBuffers<T> sample);

    /// <summary>Room for the scratch memory of every kernel.</summary>
    private const int Scratch = 1 << 18;

    /// <summary>Couplings symmetric where the layer makes them so, fields, and the gradients of the loss.</summary>
    public static CoefficientResult Compute(QuboAttentionLayer<T> layer, CoefficientPoint<T> point)
    {
        int stride = Padding.Stride(point.Tokens), features = point.Heads * point.Dim * stride;
        int rows = point.Heads * point.Tokens * stride;
        T[] couplings = new T[rows], fields = new T[point.Heads * stride];
        T[] query = Major(point.Query), key = Major(point.Key), value = Major(point.Value);
        T[] couplingGradient = new T[rows], fieldGradient = new T[point.Heads * stride];
        for (int h = 0; h < point.Heads; h++)
        {
            for (int i = 0; i < point.Tokens; i++)
            {
                fieldGradient[(h * stride) + i] = point.FieldGradient[h, i];
                for (int j = 0; j < point.Tokens; j++)
                {
                    couplingGradient[(((h * point.Tokens) + i) * stride) + j] = point.CouplingGradient[h, i, j];
                }
            }
        }

        T[] queryGradient = new T[features], keyGradient = new T[features], valueGradient = new T[features];
        var learnables = new T[point.Learnables.Sum(l => l.Length)];
        var sample = new SampleBuffers<T>
        {
            Query = query,
            Key = key,
            Value = value,
            Couplings = couplings,
            Fields = fields,
            QueryGradient = queryGradient,
            KeyGradient = keyGradient,
            ValueGradient = valueGradient,
            CouplingsGradient = couplingGradient,
            FieldsGradient = fieldGradient,
            LearnablesGradient = learnables,
            Scratch = new T[Scratch],
            TokenCount = point.Present,
        };
        Of(layer, "ComputeCoefficients")(sample);
        Of(layer, "BackwardCoefficients")(sample);
        var gradients = new List<double[]> { Minor(queryGradient), Minor(keyGradient), Minor(valueGradient) };
        int offset = 0;
        foreach (Parameter<T> learnable in point.Learnables)
        {
            gradients.Add([.. learnables.Skip(offset).Take(learnable.Length).Select(double.CreateChecked)]);
            offset += learnable.Length;
        }

        return new CoefficientResult(Rows(couplings, point.Heads * point.Tokens), Rows(fields, point.Heads), [.. gradients]);

        T[] Major(T[,,] vectors)
        {
            var result = new T[features];
            Visit((h, i, d, at) => result[at] = vectors[h, i, d]);
            return result;
        }

        double[] Minor(T[] major)
        {
            var result = new List<double>();
            Visit((_, _, _, at) => result.Add(double.CreateChecked(major[at])));
            return [.. result];
        }

        void Visit(Action<int, int, int, int> visit)
        {
            for (int h = 0; h < point.Heads; h++)
            {
                for (int i = 0; i < point.Tokens; i++)
                {
                    for (int d = 0; d < point.Dim; d++)
                    {
                        visit(h, i, d, (((h * point.Dim) + d) * stride) + i);
                    }
                }
            }
        }

        double[] Rows(T[] padded, int count) =>
            [.. Enumerable.Range(0, count).SelectMany(r => padded.Skip(r * stride).Take(point.Tokens)).Select(double.CreateChecked)];
    }

    /// <summary>A hook of the layer, in the machine's registers.</summary>
    private static Hook Of(QuboAttentionLayer<T> layer, string name) => typeof(QuboAttentionLayer<T>)
        .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Single(m => m.Name == name && !m.IsGenericMethod)
        .CreateDelegate<Hook>(layer);
}
