namespace Qama.Torch.Energies;

/// <summary>The sum of a model's penalties by position, of pairs or of single tokens. Its numbers are computed when
/// they are asked for: those of pairs are as many as couplings.</summary>
/// <param name="Heads">Heads that differ: all of the model's, or 1.</param>
/// <param name="MakeRows">The numbers, as <see cref="Qama.Problems.PositionTable"/> makes them: [heads, tokens, stride]
/// of pairs, [heads, stride] of single tokens.</param>
internal sealed record PenaltyTable(int Heads, Func<double[]> MakeRows);
