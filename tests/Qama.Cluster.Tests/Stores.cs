using System.Reflection;
using Xunit.Sdk;

namespace Qama.Cluster.Tests;

/// <summary>A test with each store that there is here: "memory" and, where a server is installed, "postgres".</summary>
internal sealed class StoresAttribute : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        PostgresServer.Programs is null ? [["memory"]] : [["memory"], ["postgres"]];
}

/// <summary>A test that needs PostgreSQL; without it, it is skipped and says so.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() =>
        Skip = PostgresServer.Programs is null ? "No PostgreSQL server is installed (apt-get install postgresql)." : null;
}
