using Qama.Generators.Energy;

namespace Qama.Generators.Model;

/// <summary>What a model costs on a machine. 64-bit, so that declarations out of range are counted too.</summary>
/// <param name="Variables">Selection bits H·N·B.</param>
/// <param name="Slack">Slack bits, of each sparsity part in order: H times the bits of one head's slack.</param>
/// <param name="Auxiliary">The spin that carries the fields. Always 1: writing x = (1 + σ)/2 turns couplings between 0/1
/// variables into fields as well, whether or not the model declares one.</param>
internal sealed record SpinBudget(long Variables, EquatableArray<long> Slack, int Auxiliary)
{
    /// <summary>Slack bits of all parts.</summary>
    public long SlackCount
    {
        get
        {
            long sum = 0;
            foreach (long bits in Slack)
            {
                sum += bits;
            }

            return sum;
        }
    }

    public long Total => Variables + SlackCount + Auxiliary;

    public static SpinBudget Of(ModelSpecification model)
    {
        var slack = new long[model.Sparsity.Count];
        for (int i = 0; i < slack.Length; i++)
        {
            SparsityPart part = model.Sparsity[i];
            slack[i] = (long)model.HeadCount
                * SlackEncoding.For(part.Bound, part.Count, part.Slack, model.Tokens, model.Selection.Bits).BitCount;
        }

        return new SpinBudget((long)model.HeadCount * model.Tokens * model.Selection.Bits, [.. slack], Auxiliary: 1);
    }
}
