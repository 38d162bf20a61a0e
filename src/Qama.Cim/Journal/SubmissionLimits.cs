namespace Qama.Cim.Journal;

/// <summary>Who asks for a submission, and what may be spent in a day (UTC).</summary>
/// <param name="PerDay">Most submissions of the journal; null for no limit.</param>
/// <param name="Caller">Who asks; empty for nobody in particular.</param>
/// <param name="PerCaller">Most submissions that the caller asks for; null for no limit.</param>
internal readonly record struct SubmissionLimits(int? PerDay, string Caller = "", int? PerCaller = null);
