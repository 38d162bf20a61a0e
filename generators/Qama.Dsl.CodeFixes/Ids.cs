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
}
