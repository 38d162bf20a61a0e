using FsCheck;
using FsCheck.Fluent;

namespace Qama.Tool.Tests;

/// <summary>What random cases are made of: any seed, not the small ones that a property begins with.</summary>
internal static class Seeds
{
    public static Arbitrary<int> All { get; } = Gen.Choose(0, int.MaxValue - 8).ToArbitrary();
}
