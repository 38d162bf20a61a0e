namespace Qama.Tool.Weighing;

/// <summary>The kind of a part of the energy.</summary>
internal enum PartKind
{
    /// <summary>−w_J Σ J s s, and its diagonal where that counts.</summary>
    Coupling,

    /// <summary>−w_f Σ f s.</summary>
    Field,

    /// <summary>w Σ s².</summary>
    Curvature,

    /// <summary>Heads that exclude each other.</summary>
    Exclusion,

    /// <summary>A penalty on single tokens or pairs of them, by their positions.</summary>
    Position,

    /// <summary>A penalty on a head's sum of selection weights.</summary>
    Sum,
}

/// <summary>One part of a declared energy, with a weight of its own.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Index">Which of its kind, from 0.</param>
/// <param name="Name">The word it was declared with.</param>
/// <param name="Formula">Its energy in words, declared weight included.</param>
/// <param name="Declared">Its declared final weight; NaN where every problem has one of its own.</param>
internal sealed record EnergyPart(PartKind Kind, int Index, string Name, string Formula, double Declared)
{
    /// <summary>A weight's multiple of the declared one that may be asked for: 0 to this.</summary>
    public const double LargestScale = 8;

    /// <summary>The parts of an energy, in the order in which a descriptor has its terms.</summary>
    /// <typeparam name="TEnergy">The energy.</typeparam>
    /// <param name="problem">The descriptor of the problem.</param>
    public static IReadOnlyList<EnergyPart> Of<TEnergy>(Layers.ModelDescriptor problem)
        where TEnergy : struct, Problems.IDeclaredEnergy
    {
        List<(PartKind Kind, int Index)> kinds = [];
        Add(TEnergy.HasCoupling, PartKind.Coupling);
        Add(TEnergy.HasField, PartKind.Field);
        int leading = kinds.Count;
        Add(TEnergy.Curvature != 0, PartKind.Curvature);
        Add(TEnergy.HasExclusion && !TEnergy.IsExclusionHard, PartKind.Exclusion);
        kinds.AddRange(Enumerable.Range(0, TEnergy.PositionPenaltyCount).Select(p => (PartKind.Position, p)));
        Add(TEnergy.HasExclusion && TEnergy.IsExclusionHard, PartKind.Exclusion);
        kinds.AddRange(Enumerable.Range(0, TEnergy.SumPenaltyCount).Select(c => (PartKind.Sum, c)));

        // Terms that a layer has besides its problems' are between the coefficients and the penalties.
        int skipped = Math.Max(0, problem.Terms.Count - kinds.Count);
        return [.. kinds.Select((k, i) => Named(k, i < leading ? i : i + skipped))];

        void Add(bool has, PartKind kind)
        {
            if (has)
            {
                kinds.Add((kind, 0));
            }
        }

        EnergyPart Named((PartKind Kind, int Index) k, int term) => term < problem.Terms.Count
            ? new(k.Kind, k.Index, problem.Terms[term].Name, problem.Terms[term].Formula, problem.Terms[term].Weight)
            : new(k.Kind, k.Index, $"{k.Kind}", "", double.NaN);
    }
}
