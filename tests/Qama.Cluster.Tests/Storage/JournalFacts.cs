using Qama.Cluster.Tests;

namespace Qama.Cim.Tests;

/// <summary>A test of a journal, with the store of this project: PostgreSQL, where it is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JournalFactAttribute : FactAttribute
{
    public JournalFactAttribute() => Skip = new PostgresFactAttribute().Skip;
}

/// <inheritdoc cref="JournalFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class JournalTheoryAttribute : TheoryAttribute
{
    public JournalTheoryAttribute() => Skip = new PostgresFactAttribute().Skip;
}
