namespace Qama.Annealing;

/// <summary>Problems that a batch wraps: at least one, all of one size.</summary>
internal static class OneSize
{
    /// <summary>A copy of the list, checked.</summary>
    /// <param name="problems">The problems.</param>
    /// <param name="size">The number of variables of one.</param>
    /// <exception cref="ArgumentException">No problem, one that is null, or different sizes.</exception>
    public static T[] Require<T>(IReadOnlyList<T> problems, Func<T, int> size)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem.", nameof(problems));
        }

        for (int p = 0; p < problems.Count; p++)
        {
            ArgumentNullException.ThrowIfNull(problems[p], nameof(problems));
            if (size(problems[p]) != size(problems[0]))
            {
                throw new ArgumentException(
                    $"Expected problems of one size, {size(problems[0])} variables; problem {p} has {size(problems[p])}.",
                    nameof(problems));
            }
        }

        return [.. problems];
    }
}
