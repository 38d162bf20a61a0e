namespace Qama.Tool;

/// <summary>A command was ended by Ctrl+C, and says what became of its work.</summary>
/// <param name="message">One line.</param>
/// <param name="inner">What was thrown where it was ended.</param>
internal sealed class InterruptionException(string message, OperationCanceledException inner)
    : OperationCanceledException(message, inner, inner.CancellationToken);
