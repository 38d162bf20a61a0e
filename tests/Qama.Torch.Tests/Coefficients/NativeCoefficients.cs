using System.Reflection;
using Qama.Layers;
using Qama.Numerics.Matrices;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>What the native kernels make of a point.</summary>
internal static class NativeCoefficients
{
    private delegate void Hook(in SampleBuffers<double> sample);

    /// <summary>Room for the scratch memory of every kernel.</summary>
    private const int Scratch = 1 << 18;

    /// <summary>Couplings symmetric where the layer makes them so, fields, and the gradients of the loss.</summary>
    public static CoefficientResult Compute(QuboAttentionLayer<double> layer, CoefficientPoint point)
    {
        int stride = Padding.Stride(point.Tokens), features = point.Heads * point.Dim * stride;
        int rows = point.Heads * point.Tokens * stride;
        double[] couplings = new double[rows], fields = new double[point.Heads * stride];
        double[] query = Major(point.Query), key = Major(point.Key), value = Major(point.Value);
        double[] couplingGradient = new double[rows], fieldGradient = new double[point.Heads * stride];
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

        double[] queryGradient = new double[features], keyGradient = new double[features], valueGradient = new double[features];
        var learnables = new double[point.Learnables.Sum(l => l.Length)];
        var sample = new SampleBuffers<double>
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
            Scratch = new double[Scratch],
            TokenCount = point.Present,
        };
        Of(layer, "ComputeCoefficients")(sample);
        Of(layer, "BackwardCoefficients")(sample);
        var gradients = new List<double[]> { Minor(queryGradient), Minor(keyGradient), Minor(valueGradient) };
        int offset = 0;
        foreach (Parameter<double> learnable in point.Learnables)
        {
            gradients.Add([.. learnables.Skip(offset).Take(learnable.Length)]);
            offset += learnable.Length;
        }

        return new CoefficientResult(Rows(couplings, point.Heads * point.Tokens), Rows(fields, point.Heads), [.. gradients]);

        double[] Major(double[,,] vectors)
        {
            var result = new double[features];
            Visit((h, i, d, at) => result[at] = vectors[h, i, d]);
            return result;
        }

        double[] Minor(double[] major)
        {
            var result = new List<double>();
            Visit((_, _, _, at) => result.Add(major[at]));
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

        double[] Rows(double[] padded, int count) =>
            [.. Enumerable.Range(0, count).SelectMany(r => padded.Skip(r * stride).Take(point.Tokens))];
    }

    /// <summary>A hook of the layer, in the machine's registers.</summary>
    private static Hook Of(QuboAttentionLayer<double> layer, string name) => typeof(QuboAttentionLayer<double>)
        .GetMethods(BindingFlags.Instance | BindingFlags.NonPublic).Single(m => m.Name == name && !m.IsGenericMethod)
        .CreateDelegate<Hook>(layer);
}
