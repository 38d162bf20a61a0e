using Microsoft.CodeAnalysis.Testing;

namespace Qama.Generators.Tests.Harness;

internal static class AnalyzerTestExtensions
{
    // Without a package to download: the references come from the running process.
    private static readonly ReferenceAssemblies _nothing = new("net10.0");

    /// <summary>The code is compiled as <see cref="Compile"/> does. That findings can be suppressed has its own tests.</summary>
    public static void UseRunningFramework(this AnalyzerTest<DefaultVerifier> test)
    {
        test.ReferenceAssemblies = _nothing;
        test.TestState.AdditionalReferences.AddRange(Compile.References);
        test.TestBehaviors = TestBehaviors.SkipSuppressionCheck | TestBehaviors.SkipGeneratedCodeCheck;
    }
}
