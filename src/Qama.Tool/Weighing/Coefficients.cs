using Qama.Layers;
using Qama.Problems;

namespace Qama.Tool.Weighing;

/// <summary>The coefficients of one problem of a declared model, written out.</summary>
/// <param name="Couplings">J, [heads, tokens, tokens]: symmetric, 0 towards absent tokens.</param>
/// <param name="Fields">f, [heads, tokens]; zeros where the model has none.</param>
/// <param name="TokenCount">Tokens present.</param>
/// <param name="PenaltyWeights">Weights of hard constraints that were computed of the coefficients.</param>
/// <param name="Present">Whether a head may select a token, [heads, tokens].</param>
internal sealed record Coefficients(
    float[] Couplings, float[] Fields, int TokenCount, double[] PenaltyWeights, bool[] Present)
{
    /// <summary>A reader of a batch's coefficients, for the form that its couplings are kept in.</summary>
    /// <param name="batch">Problems of a declared model.</param>
    public static ICoefficientReader ReaderOf(AttentionProblemBatch batch)
    {
        Type type = batch.GetType();
        Type reader = type.GetGenericTypeDefinition() == typeof(FactoredProblemBatch<>)
            ? typeof(FactoredReader<>) : typeof(WrittenReader<>);
        return (ICoefficientReader)Activator.CreateInstance(reader.MakeGenericType(type.GetGenericArguments()))!;
    }

    private static bool[] PresenceOf(AttentionProblemBatch batch, int problem, ModelDescriptor model) =>
    [
        .. Enumerable.Range(0, model.HeadCount * model.Tokens)
            .Select(k => batch.IsPresent(problem, k * model.SelectionBits)),
    ];

    private static float[] Unpadded(ReadOnlySpan<float> padded, int rows, int columns)
    {
        var values = new float[rows * columns];
        int stride = rows == 0 ? 0 : padded.Length / rows;
        for (int row = 0; row < rows && stride > 0; row++)
        {
            padded.Slice(row * stride, columns).CopyTo(values.AsSpan(row * columns));
        }

        return values;
    }

    private sealed class WrittenReader<TModel> : ICoefficientReader
        where TModel : IQuboAttention<TModel>
    {
        public Coefficients Read(AttentionProblemBatch batch, int problem)
        {
            ModelDescriptor model = TModel.Descriptor.Problem;
            ProblemView view = ((AttentionProblemBatch<TModel>)batch).View(problem);
            (int heads, int n) = (model.HeadCount, model.Tokens);
            return new(
                Unpadded(model.HasCoupling ? view.Couplings : default, heads * n, n),
                Unpadded(model.HasField ? view.Fields : default, heads, n),
                view.TokenCount, view.PenaltyWeights.ToArray(), PresenceOf(batch, problem, model));
        }
    }

    private sealed class FactoredReader<TModel> : ICoefficientReader
        where TModel : IFactoredAttention<TModel>
    {
        public Coefficients Read(AttentionProblemBatch batch, int problem)
        {
            ModelDescriptor model = TModel.Descriptor.Problem;
            FactoredView view = ((FactoredProblemBatch<TModel>)batch).View(problem);
            (int heads, int n) = (model.HeadCount, model.Tokens);
            var couplings = new float[heads * n * n];
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < view.TokenCount; i++)
                {
                    for (int j = 0; j < i; j++)
                    {
                        float value = Interact(model, i, j) ? (float)Coupling(view, heads, h, i, j) : 0;
                        couplings[(((h * n) + i) * n) + j] = value;
                        couplings[(((h * n) + j) * n) + i] = value;
                    }
                }
            }

            return new(
                couplings, Unpadded(model.HasField ? view.Fields : default, heads, n), view.TokenCount,
                view.PenaltyWeights.ToArray(), PresenceOf(batch, problem, model));
        }

        private static bool Interact(ModelDescriptor model, int i, int j) =>
            (model.CouplingWindow == 0 || i - j <= model.CouplingWindow)
            && (model.CouplingBlock == 0 || i / model.CouplingBlock == j / model.CouplingBlock);

        private static double Coupling(in FactoredView view, int heads, int head, int i, int j)
        {
            int stride = view.Rows.Length / (heads * view.Rank);
            double sum = 0;
            for (int d = 0; d < view.Rank; d++)
            {
                int row = ((head * view.Rank) + d) * stride;
                sum += ((double)view.Rows[row + i] * view.Columns[row + j])
                    + ((double)view.Columns[row + i] * view.Rows[row + j]);
            }

            return (view.Scales[head] / 2 * sum) + (view.Shifts.IsEmpty ? 0 : view.Shifts[head]);
        }
    }
}

/// <summary>Reads coefficients of the problems of one model.</summary>
internal interface ICoefficientReader
{
    /// <summary>The coefficients of a problem; copies.</summary>
    /// <param name="batch">Problems of the model.</param>
    /// <param name="problem">Index in the batch.</param>
    Coefficients Read(AttentionProblemBatch batch, int problem);
}
