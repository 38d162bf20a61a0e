namespace Qama.Generators.Tests.Layers;

public class CoefficientTests
{
    [Fact]
    public void Couplings_and_fields_of_every_similarity_importance_and_mask_are_their_definitions()
    {
        var random = new Random(1);
        Failures failures = new();
        foreach (Operator declared in Operators.All)
        {
            double[][] vectors = [.. Enumerable.Range(0, 3).Select(_ => Normal(declared.Tokens * declared.OutputDim))];
            double[][][] q = Heads(declared, vectors[0]), k = Heads(declared, vectors[1]), v = Heads(declared, vectors[2]);
            var couplings = new double[declared.Heads * declared.Tokens * declared.Tokens];
            CompiledOperators<double>.Shared
                .Method<CompiledOperators<double>.Couplings>(declared, "ComputeCouplings")(vectors[0], vectors[1], couplings);
            failures.Compare(
                declared, "J", [.. q.Zip(k).SelectMany(head => LiteralLayer.Couplings(declared, head.First, head.Second).Cast<double>())],
                couplings, 1e-12);
            if (!declared.HasField)
            {
                continue;
            }

            double[] g = Normal(declared.HeadDim);
            var fields = new double[declared.Heads * declared.Tokens];
            if (declared.Importance == Importance.ValueProjection)
            {
                CompiledOperators<double>.Shared
                    .Method<CompiledOperators<double>.LearnedFields>(declared, "ComputeFields")(vectors[2], g, fields);
            }
            else
            {
                CompiledOperators<double>.Shared.Method<CompiledOperators<double>.Fields>(declared, "ComputeFields")(vectors[2], fields);
            }

            failures.Compare(
                declared, "f", [.. v.SelectMany(head => head.Select(row => LiteralLayer.Important(declared.Importance, row, g)))],
                fields, 1e-12);
        }

        failures.Check();

        double[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
    }

    /// <summary>From [token, head · dim] to [head][token][dim].</summary>
    private static double[][][] Heads(Operator declared, double[] vectors) => [.. Enumerable.Range(0, declared.Heads).Select(h =>
        vectors.Chunk(declared.OutputDim).Select(row => row[(h * declared.HeadDim)..((h + 1) * declared.HeadDim)]).ToArray())];
}
