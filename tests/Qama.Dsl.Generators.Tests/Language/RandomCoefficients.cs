namespace Qama.Generators.Tests.Language;

/// <summary>Coefficients that a declaration's similarity and importance can have: multiples of 1/8, so that sums are exact.</summary>
internal static class RandomCoefficients
{
    public static (float[] Couplings, float[] Fields) Draw(RandomDeclaration declaration, Random random)
    {
        int n = declaration.Tokens;
        var couplings = new float[declaration.Heads * n * n];
        var fields = new float[declaration.HasField ? declaration.Heads * n : 0];
        if (random.Next(8) == 0)
        {
            return (couplings, fields);
        }

        float scale = 1 << random.Next(4);
        for (int h = 0; h < declaration.Heads; h++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = declaration.KeepsDiagonal ? i : i + 1; j < n; j++)
                {
                    if (i == j || declaration.Interacts(i, j))
                    {
                        couplings[(((h * n) + i) * n) + j] = couplings[(((h * n) + j) * n) + i] = Coefficient(declaration.CouplingRange);
                    }
                }
            }
        }

        for (int i = 0; i < fields.Length; i++)
        {
            fields[i] = Coefficient(declaration.FieldRange);
        }

        return (couplings, fields);

        float Coefficient((double Low, double High) range) =>
            (float)Math.Clamp(scale * random.Next(-8, 9) / 8.0, range.Low, range.High);
    }

    /// <summary>Couplings of the same symmetric part that are not symmetric.</summary>
    public static float[] Unsymmetric(RandomDeclaration declaration, float[] couplings, Random random)
    {
        int n = declaration.Tokens;
        float[] result = [.. couplings];
        for (int h = 0; h < declaration.Heads; h++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = i + 1; j < n; j++)
                {
                    float difference = random.Next(-8, 9) / 8f;
                    result[(((h * n) + i) * n) + j] += difference;
                    result[(((h * n) + j) * n) + i] -= difference;
                }
            }
        }

        return result;
    }
}
