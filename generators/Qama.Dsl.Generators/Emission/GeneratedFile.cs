namespace Qama.Generators.Emission;

/// <summary>One file of generated code.</summary>
/// <param name="HintName">Its name, unique in a compilation but for the case of letters.</param>
/// <param name="Text">Its content.</param>
internal sealed record GeneratedFile(string HintName, string Text);
