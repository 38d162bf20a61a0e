using System.Collections.Immutable;

namespace Qama.CodeFixes;

/// <summary>The diagnostics that have fixes.</summary>
internal static class Ids
{
    public const string ClassNotPartial = "QAMA0001";
    public const string ContainerNotPartial = "QAMA0002";
    public const string StaticClass = "QAMA0003";
    public const string AbstractClass = "QAMA0004";
    public const string FileLocalClass = "QAMA0006";
    public const string RecordClass = "QAMA0007";
    public const string MissingHeads = "QAMA0009";
    public const string HeadDivision = "QAMA0014";

    /// <summary>Those whose findings carry the change with them.</summary>
    public static readonly ImmutableArray<string> WithRemedies =
    [
        "QAMA0020", "QAMA0028", "QAMA0029", "QAMA0041", "QAMA0042", "QAMA0050", "QAMA0055", "QAMA0060", "QAMA0061", "QAMA0106", "QAMA0108",
        "QAMA0109", "QAMA0113", "QAMA0119", "QAMA0120", "QAMA0125",
        "QAMA0116", "QAMA0118", "QAMA0201", "QAMA0203", "QAMA0301",
    ];
}
