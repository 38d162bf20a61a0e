namespace Qama.Tests;

/// <summary>Tests of threading run alone: the pool serves one loop at a time, and a busy pool means one thread.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
