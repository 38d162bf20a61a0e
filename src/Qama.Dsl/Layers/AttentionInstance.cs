namespace Qama.Layers;

/// <summary>The coefficients of one attention problem, as they stand in files.</summary>
/// <param name="Id">The problem's name: the files are {Id}.j.f32 and {Id}.h.f32.</param>
/// <param name="Couplings">J, [heads, tokens, tokens], row-major.</param>
/// <param name="Fields">f, [heads, tokens].</param>
/// <param name="BestKnownEnergy">The lowest energy known; null where none is.</param>
public sealed record AttentionInstance(
    string Id, ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields, double? BestKnownEnergy = null);
