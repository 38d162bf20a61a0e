using Qama.Cim.Transport;

namespace Qama.Cim.Journal;

/// <summary>A limit of tasks would be exceeded. Nothing was submitted.</summary>
public sealed class CimBudgetException(string message) : CimException(message);

/// <summary>The journal cannot be used. Nothing is submitted without a receipt.</summary>
public sealed class CimJournalException(string message, Exception? cause = null) : CimException(message, cause);
