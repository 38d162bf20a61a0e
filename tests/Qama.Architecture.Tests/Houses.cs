using System.Reflection;

namespace Qama.Architecture.Tests;

/// <summary>The order of the rooms of each assembly, top first.</summary>
internal static class Houses
{
    public static IReadOnlyDictionary<string, (Assembly Assembly, string Root, string[] Rooms)> All { get; } =
        new Dictionary<string, (Assembly, string, string[])>
        {
            ["Qama.Dsl"] = (typeof(Sampling.ISampler).Assembly, "Qama",
                ["Numerics", "Ising", "Problems", "Annealing", "Sampling", "Attention"]),
            ["Qama.Dsl.Generators"] = (typeof(Generators.QuboAttentionGenerator).Assembly, "Qama.Generators",
                ["Vocabulary", "Energy", "Model", "Reading", "Validation", "Lowering", "Emission", "Analysis"]),
        };
}
