namespace Qama.Cim.Journal;

/// <summary>The caller of a submission, and the most submissions of a day (UTC).</summary>
/// <param name="PerDay">Most submissions of the journal; null for no limit.</param>
/// <param name="Caller">Who asks; empty for nobody in particular.</param>
/// <param name="PerCaller">Most submissions that the caller asks for; null for no limit.</param>
internal readonly record struct SubmissionLimits(int? PerDay, string Caller = "", int? PerCaller = null);
