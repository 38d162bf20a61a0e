namespace Qama.Cluster.Tests;

/// <summary>What tests start as processes of their own, by the first argument.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args.FirstOrDefault() switch
    {
        _ => Task.FromResult(2),
    };
}
