namespace Qama.Tool.Weighing;

/// <content>What is quadratic within a head, as couplings and fields.</content>
internal sealed partial class WeighedProblem<TModel, TEnergy>
{
    // Everything that is quadratic within a head, as couplings and fields of weight 1.
    private (float[] Couplings, float[] Fields) Absorb()
    {
        (int heads, int n, int count) = (TEnergy.Heads, TEnergy.Tokens, _coefficients.TokenCount);
        var couplings = new float[heads * n * n];
        var fields = new float[heads * n];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < count; i++)
            {
                int row = ((h * n) + i) * n;
                (double field, double square) = (0, 0);
                for (int k = 0; k < _parts.Count; k++)
                {
                    EnergyPart part = _parts[k];
                    bool single = part.Kind == PartKind.Position && !TEnergy.IsOfPairs(part.Index);
                    field += part.Kind == PartKind.Field ? FieldWeight(k, h, i) * _coefficients.Fields[(h * n) + i]
                        : single ? -_scales[k] * TEnergy.TokenPenalty(part.Index, h, i) : 0;
                    square += part.Kind == PartKind.Curvature ? -Weights[k]
                        : part.Kind == PartKind.Coupling && TEnergy.KeepsDiagonal ? Weights[k] * _coefficients.Couplings[row + i] : 0;
                }

                (fields[(h * n) + i], couplings[row + i]) = ((float)field, (float)square);
                for (int j = 0; j < i; j++)
                {
                    couplings[row + j] = couplings[(((h * n) + j) * n) + i] = (float)PairReward(h, j, i, row + j);
                }
            }
        }

        return (couplings, fields);
    }

    private double PairReward(int h, int first, int second, int place)
    {
        double reward = 0;
        for (int k = 0; k < _parts.Count; k++)
        {
            EnergyPart part = _parts[k];
            reward += part.Kind == PartKind.Coupling ? Weights[k] * _coefficients.Couplings[place]
                : part.Kind == PartKind.Position && TEnergy.IsOfPairs(part.Index)
                    ? -_scales[k] * TEnergy.PairPenalty(part.Index, h, first, second) / 2 : 0;
        }

        return reward;
    }
}
