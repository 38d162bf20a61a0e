using System;
using System.Runtime.CompilerServices;
using Qama.Generators.Energy;

namespace Qama.Generators.Reading;

/// <summary>What goes wrong inside one model is an error of that model: neither the compiler nor other models notice.</summary>
/// <param name="budgetOf">What a model, by its class's name, may cost; null for the usual.</param>
internal sealed class ModelGuard(Func<string, WorkBudget>? budgetOf = null)
{
    /// <summary>Longest quotation of a message.</summary>
    private const int LongestMessage = 200;

    /// <summary>Works on a model within its budget.</summary>
    /// <param name="model">The class's name.</param>
    /// <param name="work">What to do; it must leave nothing to be evaluated later.</param>
    /// <param name="failed">What to give instead where it failed, for this reason.</param>
    public T Run<T>(string model, Func<T> work, Func<string, T> failed)
    {
        try
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            return WorkBudget.Within(budgetOf?.Invoke(model) ?? new WorkBudget(), work);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return failed(Describe(exception));
        }
    }

    private static string Describe(Exception exception)
    {
        if (exception is WorkBudgetException)
        {
            return exception.Message;
        }

        string message = exception.Message.Replace("\r", "").Replace('\n', ' ');
        return $"{exception.GetType().Name}, a fault of Qama.Dsl that is worth a report: "
            + (message.Length <= LongestMessage ? message : message.Substring(0, LongestMessage) + "...");
    }
}
